/** The tree of a YAML document before its scalars are given a meaning. */

interface NodeBase {
  /** Long form, empty when none is given. */
  readonly tag: string
  /** Where it starts, from 0. */
  readonly line: number
}

/** A node; collections are filled while their anchors can already be referred to. */
export type YamlNode =
  | (NodeBase & {
      readonly kind: 'scalar'
      readonly value: string
      readonly isPlain: boolean
      readonly isFolded: boolean
    })
  | (NodeBase & { readonly kind: 'sequence'; readonly items: YamlNode[] })
  | (NodeBase & { readonly kind: 'mapping'; readonly pairs: (readonly [key: YamlNode, value: YamlNode])[] })
  | (NodeBase & { readonly kind: 'alias'; readonly name: string; readonly target: YamlNode })
