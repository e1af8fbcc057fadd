import { describe, expect, it } from "vitest";

import { HintedError } from "../../../src/core/errors.ts";
import { parseOverrides, resolveOptions } from "../../../trainer/train/options.ts";

describe("--set", () => {
  it("sorts settings into the model's and the training's", () => {
    const pairs = ["layers=3", "learningRate=1e-3", "optimizer=adamw", "tiedEmbeddings=false"];
    expect(parseOverrides(pairs)).toEqual({
      model: { layers: 3, tiedEmbeddings: false },
      training: { learningRate: 0.001, optimizer: "adamw" },
      preference: {},
    });
  });

  it("reads values with commas as one a layer", () => {
    expect(parseOverrides(["ffnWidth=512,688", "activation=swiglu,relu2"]).model).toEqual({
      ffnWidth: [512, 688],
      activation: ["swiglu", "relu2"],
    });
    expect(parseOverrides(["ffnWidth=512", "activation=gelu"]).model).toEqual({
      ffnWidth: 512,
      activation: "gelu",
    });
  });

  it("takes the last of two words on one thing", () => {
    expect(parseOverrides(["layers=3", "layers=4"]).model).toEqual({ layers: 4 });
  });

  it.each([
    ["layers", "--set layers is not key=value."],
    ["=3", "--set =3 is not key=value."],
    ["layres=3", "--set layres: there is no such setting."],
    ["vocabSize=300", "--set vocabSize: there is no such setting."],
    ["constructor=3", "--set constructor: there is no such setting."],
    ["layers=0", "--set layers=0: "],
    ["layers=2.5", "--set layers=2.5: "],
    ["layers=", "--set layers=: "],
    ["context=0", "--set context=0: "],
    ["learningRate=-1", "--set learningRate=-1: "],
    ["learningRate=fast", "--set learningRate=fast: "],
    ["learningRate=Infinity", "--set learningRate=Infinity: "],
    ["optimizer=sgd", "--set optimizer=sgd: "],
    ["replyStretch=2", "--set replyStretch=2: "],
    ["layers=2,3", "--set layers=2,3: "],
    ["ffnWidth=wide", "--set ffnWidth=wide: must be a whole number above 0, once for all layers"],
    ["ffnWidth=64,0", "--set ffnWidth=64,0: must be more than 0"],
    ["ffnWidth=64,,64", "--set ffnWidth=64,,64: must be a whole number above 0"],
    ["embeddingBetas=0.9", "--set embeddingBetas=0.9: must be values with commas between them."],
    ["embeddingBetas=0.9,1", "--set embeddingBetas=0.9,1: must be less than 1."],
    ["embeddingBetas=0.1,0.2,0.3", "--set embeddingBetas=0.1,0.2,0.3: must have at most 2 values."],
    ["activation=tanh", "--set activation=tanh: must be one of swiglu, gelu, relu2, once for all"],
    ["activation=gelu,tanh", "--set activation=gelu,tanh: must be one of swiglu, gelu, relu2"],
    ["tiedEmbeddings=perhaps", "--set tiedEmbeddings=perhaps: "],
  ])("refuses %s", (pair, message) => {
    expect(() => parseOverrides([pair])).toThrow(message);
    expect(() => parseOverrides([pair])).toThrow(HintedError);
  });
});

describe("the settings of a run", () => {
  const layout = { lanes: 2, microTokens: 512 };

  it("take the learning rate from the width unless it is given", () => {
    const sizes = { expectedTokens: 0, layout };
    expect(resolveOptions({}, { ...sizes, width: 256 }).learningRate).toBeCloseTo(3e-3, 12);
    expect(resolveOptions({}, { ...sizes, width: 512 }).learningRate).toBeCloseTo(1.5e-3, 12);
    expect(resolveOptions({ learningRate: 1 }, { ...sizes, width: 512 }).learningRate).toBe(1);
  });

  it("spend about a tenth of the tokens on judging, within bounds", () => {
    const tokens = (expectedTokens: number) =>
      resolveOptions({}, { width: 256, layout, expectedTokens }).validationTokens;
    expect([tokens(0), tokens(4e6), tokens(1e9)]).toEqual([4_096, 20_000, 65_536]);
  });
});
