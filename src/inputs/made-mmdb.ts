import { networkOf } from '../network/index.ts'

/** A MaxMind DB (format 2.0, IPv6 tree, records of 24 bits) of these networks, for tests. Values are objects of texts, numbers and truths. */
export function madeMmdb(rows: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Buffer {
  const data: Buffer[] = []
  let offset = 0
  const places = Object.entries(rows).map(([text, value]) => {
    const bytes = encoded(value)
    const at = offset
    data.push(bytes)
    offset += bytes.length
    return { network: networkOf(text), at }
  })
  type Node = { readonly sides: [Node | number | undefined, Node | number | undefined] }
  const root: Node = { sides: [undefined, undefined] }
  for (const { network, at } of places) {
    if (network === undefined) continue
    // In the tree an IPv4 address is ::a.b.c.d, and not mapped.
    const first = network.kind === 'ipv4' ? network.first & 0xffffffffn : network.first
    const length = network.kind === 'ipv4' ? network.bits + 96 : network.bits
    let node = root
    for (let bit = 0; bit < length; bit += 1) {
      const side = Number((first >> BigInt(127 - bit)) & 1n)
      if (bit === length - 1) node.sides[side] = at
      else {
        const next = node.sides[side]
        const made: Node = typeof next === 'object' ? next : { sides: [undefined, undefined] }
        node.sides[side] = made
        node = made
      }
    }
  }
  const nodes: Node[] = []
  const numbers = new Map<Node, number>()
  const collect = (node: Node): void => {
    numbers.set(node, nodes.length)
    nodes.push(node)
    for (const side of node.sides) if (typeof side === 'object') collect(side)
  }
  collect(root)
  const tree = Buffer.alloc(nodes.length * 6)
  for (const [nth, { sides }] of nodes.entries())
    for (const [side, to] of sides.entries())
      tree.writeUIntBE(
        to === undefined ? nodes.length : typeof to === 'number' ? nodes.length + 16 + to : (numbers.get(to) ?? 0),
        nth * 6 + side * 3,
        3,
      )
  const metadata = encoded({
    ...{ node_count: nodes.length, record_size: 24, ip_version: 6, database_type: 'Test', languages: [] },
    ...{ binary_format_major_version: 2, binary_format_minor_version: 0, build_epoch: 1_772_000_000, description: {} },
  })
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from('abcdef4d61784d696e642e636f6d', 'hex'), metadata])
}

const extended = 7

function encoded(value: unknown): Buffer {
  if (typeof value === 'string') return headed(2, Buffer.byteLength(value), Buffer.from(value))
  if (typeof value === 'boolean') return headed(14, value ? 1 : 0)
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return headed(6, 4, bytes)
  }
  if (Array.isArray(value)) return Buffer.concat([headed(11, value.length), ...value.map(encoded)])
  const members = Object.entries(value ?? {})
  return Buffer.concat([headed(7, members.length), ...members.flatMap(([key, one]) => [encoded(key), encoded(one)])])
}

/** Sizes under 285 are enough here. */
function headed(type: number, size: number, content = Buffer.alloc(0)): Buffer {
  const told = size < 29 ? [size] : [29, size - 29]
  const control = type <= extended ? [(type << 5) | (told[0] ?? 0)] : [told[0] ?? 0, type - extended]
  return Buffer.concat([Buffer.from([...control, ...told.slice(1)]), content])
}
