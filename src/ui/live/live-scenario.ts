import { encodeBase64, fromBase64 } from '../../bytes/bytes.ts'
import type { AlbumChoice } from '../../report/export/make-album.ts'
import type { ScenarioSources } from '../../scenario/sources.ts'
import type { Settings } from '../../scenario/variables/parameters.ts'

/** All that a page needs to run its scenario again: the file's text, what it takes from beside it, and what was chosen. */
export interface LiveScenario {
  readonly file: string
  readonly text: string
  /** Files beside it, by their paths, in base64. */
  readonly files: Readonly<Record<string, string>>
  /** Folders beside it, with the paths of their files. */
  readonly folders: Readonly<Record<string, readonly string[]>>
  readonly settings: Settings
  readonly seed: string
  /** Strategies that are set side by side; empty: one world. */
  readonly compare: readonly ('Watch' | 'Cache' | 'Get')[]
  readonly choice: AlbumChoice
}

/** What was taken from beside a scenario while it was loaded. */
export type BesideFiles = Pick<LiveScenario, 'files' | 'folders'>

/** Sources that remember what was taken of them. */
export function rememberingSources(sources: ScenarioSources): {
  readonly sources: ScenarioSources
  taken(): BesideFiles
} {
  const files: Record<string, string> = {}
  const folders: Record<string, readonly string[]> = {}
  return {
    sources: {
      readBeside(path) {
        const bytes = sources.readBeside(path)
        if (bytes !== undefined) files[path] = encodeBase64(bytes)
        return bytes
      },
      listBeside(path) {
        const found = sources.listBeside?.(path)
        if (found !== undefined) folders[path] = found
        return found
      },
    },
    taken: () => ({ files, folders }),
  }
}

/** The same, where only what was taken is there. */
export function keptSources({ files, folders }: BesideFiles): ScenarioSources {
  return {
    readBeside: (path) => (Object.hasOwn(files, path) ? fromBase64(files[path] ?? '') : undefined),
    listBeside: (path) => (Object.hasOwn(folders, path) ? folders[path] : undefined),
  }
}
