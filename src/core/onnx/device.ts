/** What computes a graph: the processor, or a graphics card. */

import { z } from "zod";

/** `webgpu` is Vulkan on Linux, Metal on macOS, Direct3D 12 on Windows; `cuda` is NVIDIA's own. */
export const Device = z.enum(["cpu", "webgpu", "cuda"]);

export type Device = z.infer<typeof Device>;
