/** Streams for a command that keep what was written, and a clock that a test moves. */

import { Writable } from "node:stream";

class Kept extends Writable {
  text = "";
  isTTY = false;
  columns = 80;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export function memoryStreams(options: { terminal?: boolean } = {}) {
  const clock = { milliseconds: 0 };
  const stdout = new Kept();
  const stderr = new Kept();
  stderr.isTTY = stdout.isTTY = options.terminal === true;
  return { stdout, stderr, clock, now: () => clock.milliseconds };
}
