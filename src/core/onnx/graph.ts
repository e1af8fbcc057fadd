/**
 * Builds an ONNX graph node by node and writes it as an ONNX file.
 *
 * Knows tensors, nodes and the file format (onnx.proto3, IR 10, opset 21 plus
 * com.microsoft 1); nothing about models or gradients. Dimensions are numbers,
 * or names where they vary from run to run.
 */

import { ProtobufMessage } from "../protobuf.ts";
import type { Device } from "./device.ts";

export type DataType = "float32" | "float16" | "int32" | "int64" | "uint8" | "int8" | "bool";
export type Dimension = number | string;
export type Shape = readonly Dimension[];

/** TensorProto.DataType of onnx.proto3. */
export const ONNX_TYPE: Readonly<Record<DataType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};

const IR_VERSION = 10;
const OPSET = 21;
export const MICROSOFT = "com.microsoft";

/** A value in the graph. The name may change until the file is written. */
export interface Tensor {
  name: string;
  readonly shape: Shape;
  readonly type: DataType;
}

/** A number that ONNX must see as a float: `alpha: float(1)`. */
export interface FloatAttribute {
  readonly float: number;
}
export const float = (value: number): FloatAttribute => ({ float: value });

export type Attribute = number | string | readonly number[] | FloatAttribute;
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  readonly operator: string;
  readonly domain: string;
  /** `null` stands for an optional input that is left out. */
  readonly inputs: (Tensor | null)[];
  readonly outputs: readonly (Tensor | null)[];
  readonly attributes: Attributes;
  /** The part of the model it belongs to: the front of its name in the file, and so in a profile. */
  readonly part?: string;
}

interface Initializer {
  readonly tensor: Tensor;
  readonly data: Uint8Array;
}

export interface GraphOptions {
  /** Who will run it, where devices need it written differently; the CPU by default. */
  readonly device?: Device;
}

export class OnnxGraph {
  readonly device: Device;
  readonly nodes: Node[] = [];
  readonly inputs: Tensor[] = [];
  readonly outputs: Tensor[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #smallConstants = new Map<string, Tensor>();
  #counter = 0;
  #part = "";

  /** The part of the model that is being built. */
  get part(): string {
    return this.#part;
  }

  /** Whatever `build` appends belongs to this part. */
  within<T>(part: string, build: () => T): T {
    const outer = this.#part;
    this.#part = part;
    try {
      return build();
    } finally {
      this.#part = outer;
    }
  }

  constructor({ device = "cpu" }: GraphOptions = {}) {
    this.device = device;
  }

  input(name: string, type: DataType, shape: Shape): Tensor {
    const tensor = { name, shape, type };
    this.inputs.push(tensor);
    return tensor;
  }

  /** Declares a value as an output, under a name of its own if given. */
  output(tensor: Tensor, name = tensor.name): Tensor {
    tensor.name = name;
    this.outputs.push(tensor);
    return tensor;
  }

  /** A tensor stored in the file; `data` is read when the file is written, not copied. */
  initializer(
    name: string,
    type: DataType,
    shape: readonly number[],
    data: ArrayBufferView,
  ): Tensor {
    const tensor = { name, shape, type };
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#initializers.push({ tensor, data: bytes });
    return tensor;
  }

  floats(values: Float32Array, shape: readonly number[]): Tensor {
    return this.#constant("float32", values, shape);
  }

  integers(values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
    return this.#constant("int64", BigInt64Array.from(values, BigInt), shape);
  }

  scalar(value: number): Tensor {
    return this.floats(Float32Array.of(value), []);
  }

  /** One node with one output. */
  node(
    operator: string,
    inputs: (Tensor | null)[],
    shape: Shape,
    attributes: Attributes = {},
    options: { domain?: string; type?: DataType } = {},
  ): Tensor {
    const output = this.tensor(operator, shape, options.type);
    this.append({
      operator,
      domain: options.domain ?? "",
      inputs,
      outputs: [output],
      attributes,
    });
    return output;
  }

  /** A value that `append` will give to a node as its output. */
  tensor(purpose: string, shape: Shape, type: DataType = "float32"): Tensor {
    return { name: `${purpose}_${this.#counter++}`, shape, type };
  }

  append(node: Node): void {
    this.nodes.push({ part: this.#part, ...node });
  }

  toBytes(): Uint8Array {
    const graph = new ProtobufMessage().string(2, "language-from-zero");
    this.#neededNodes().forEach((node, index) => graph.message(1, encodeNode(node, index)));
    for (const { tensor, data } of this.#initializers) {
      graph.message(5, encodeInitializer(tensor, data));
    }
    for (const tensor of this.inputs) graph.message(11, encodeValueInfo(tensor));
    for (const tensor of this.outputs) graph.message(12, encodeValueInfo(tensor));
    return new ProtobufMessage()
      .integer(1, IR_VERSION)
      .string(2, "language-from-zero")
      .message(8, new ProtobufMessage().string(1, "").integer(2, OPSET))
      .message(8, new ProtobufMessage().string(1, MICROSOFT).integer(2, 1))
      .message(7, graph)
      .toBytes();
  }

  /**
   * Nodes that no output depends on are left out: gradients that nobody asked for cost nothing.
   *
   * Those that only end in outputs come last, and backwards. ONNX Runtime walks the graph from its
   * last node towards the inputs and runs what it leaves first: so each of them runs as soon as it
   * can, while its inputs are in the cache, and their memory is free again.
   */
  #neededNodes(): Node[] {
    const needed = new Set<Tensor | null>(this.outputs);
    const nodes: Node[] = [];
    for (const node of this.nodes.toReversed()) {
      if (!node.outputs.some((output) => output && needed.has(output))) continue;
      for (const input of node.inputs) needed.add(input);
      nodes.push(node);
    }
    const outputs = new Set<Tensor | null>(this.outputs);
    const isLeaf = (node: Node) => node.outputs.every((output) => outputs.has(output));
    return [...nodes.filter((node) => !isLeaf(node)).reverse(), ...nodes.filter(isLeaf)];
  }

  /** Equal small constants become one tensor: they are mostly axes and shapes. */
  #constant(
    type: DataType,
    values: Float32Array | BigInt64Array,
    shape: readonly number[],
  ): Tensor {
    const key = values.length <= 8 ? `${type}[${shape.join()}]:${values.join()}` : "";
    const known = this.#smallConstants.get(key);
    if (known) return known;
    const tensor = this.initializer(`constant_${this.#counter++}`, type, shape, values);
    if (key !== "") this.#smallConstants.set(key, tensor);
    return tensor;
  }
}

function encodeNode(node: Node, index: number): ProtobufMessage {
  const message = new ProtobufMessage();
  for (const input of node.inputs) message.string(1, input?.name ?? "");
  for (const output of node.outputs) message.string(2, output?.name ?? "");
  const name = `${node.operator}_${index}`;
  message.string(3, node.part ? `${node.part}/${name}` : name).string(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) {
    message.message(5, encodeAttribute(name, value));
  }
  if (node.domain !== "") message.string(7, node.domain);
  return message;
}

function encodeAttribute(name: string, value: Attribute): ProtobufMessage {
  const message = new ProtobufMessage().string(1, name);
  if (typeof value === "number") return message.integer(3, value).integer(20, 2);
  if (typeof value === "string") {
    return message.bytes(4, new TextEncoder().encode(value)).integer(20, 3);
  }
  if ("float" in value) return message.float(2, value.float).integer(20, 1);
  for (const item of value) message.integer(8, item);
  return message.integer(20, 7);
}

function encodeInitializer({ name, shape, type }: Tensor, data: Uint8Array): ProtobufMessage {
  const message = new ProtobufMessage();
  for (const dimension of shape) message.integer(1, Number(dimension));
  return message.integer(2, ONNX_TYPE[type]).string(8, name).bytes(9, data);
}

function encodeValueInfo({ name, shape, type }: Tensor): ProtobufMessage {
  const dimensions = new ProtobufMessage();
  for (const dimension of shape) {
    const encoded = new ProtobufMessage();
    if (typeof dimension === "number") encoded.integer(1, dimension);
    else encoded.string(2, dimension);
    dimensions.message(1, encoded);
  }
  const tensorType = new ProtobufMessage().integer(1, ONNX_TYPE[type]).message(2, dimensions);
  return new ProtobufMessage()
    .string(1, name)
    .message(2, new ProtobufMessage().message(1, tensorType));
}
