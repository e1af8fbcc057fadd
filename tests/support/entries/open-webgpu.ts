import { reasonOf } from "../../../src/core/errors.ts";
import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";

await openRuntime({ device: "webgpu" }).catch((error: unknown) => {
  console.error(reasonOf(error));
  process.exit(1);
});
