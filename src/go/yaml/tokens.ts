import type { Mark } from './reader.ts'

interface TokenPlace {
  readonly start: Mark
  readonly end: Mark
}

type PunctuationType =
  | 'streamStart'
  | 'streamEnd'
  | 'documentStart'
  | 'documentEnd'
  | 'blockSequenceStart'
  | 'blockMappingStart'
  | 'blockEnd'
  | 'flowSequenceStart'
  | 'flowSequenceEnd'
  | 'flowMappingStart'
  | 'flowMappingEnd'
  | 'blockEntry'
  | 'flowEntry'
  | 'key'
  | 'value'

/** What the scanner hands to the parser. Source: yamlh.go, yaml_token_type_t. */
export type Token = TokenPlace &
  (
    | { readonly type: PunctuationType }
    | { readonly type: 'versionDirective'; readonly major: number; readonly minor: number }
    | { readonly type: 'tagDirective'; readonly handle: string; readonly prefix: string }
    | { readonly type: 'alias' | 'anchor'; readonly name: string }
    | { readonly type: 'tag'; readonly handle: string; readonly suffix: string }
    | { readonly type: 'scalar'; readonly value: string; readonly isPlain: boolean; readonly isFolded: boolean }
  )
