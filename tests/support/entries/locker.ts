/** Locks the folder it is given and dies with it, or says why it could not. */

import { lockFolder } from "../../../src/core/lock.ts";

const [, , folder = ""] = process.argv;
await lockFolder(folder).then(
  () => console.log("locked"),
  (error: Error) => console.log(error.message),
);
