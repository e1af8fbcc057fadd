/** Work that must not overlap: each piece begins when the one before has ended, well or badly. */

export type InOrder = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function inOrder(): InOrder {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined); // whoever asked for it is told; the next one starts anyway
    return result;
  };
}
