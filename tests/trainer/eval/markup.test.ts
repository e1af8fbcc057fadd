import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { markup } from "../../../trainer/eval/markup.ts";
import { requireWellFormed } from "../../support/well-formed.ts";

describe("markup", () => {
  it("escapes values and keeps markup", () => {
    const inner = markup`<i>${"a < b & \"c\" 'd'"}</i>`;
    expect(markup`<b>${inner}${1}${[inner, inner]}</b>`.text).toBe(
      `<b>${inner.text}1${inner.text}${inner.text}</b>`,
    );
    expect(inner.text).toBe("<i>a &lt; b &amp; &quot;c&quot; &#39;d&#39;</i>");
  });

  it("replaces characters that no XML can hold", () => {
    expect(markup`${"a\u0000\u001b\ud800b\n"}`.text).toBe("a\ufffd\ufffd\ufffdb\n");
  });

  it("cannot be broken out of", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const hostile = markup`<p title="${text}">${text}</p>`;
        expect(() => requireWellFormed(hostile.text)).not.toThrow();
      }),
    );
  });
});
