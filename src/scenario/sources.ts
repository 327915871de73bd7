/** What loading needs from outside: the files that a scenario takes from beside it. */
export interface ScenarioSources {
  /** Content of a file below the scenario's own folder; undefined if there is none. Paths that leave it are refused. */
  readBeside(path: string): Uint8Array | undefined
  /**
   * Paths of all files below a folder of the scenario's own folder, from that folder on, bytewise; undefined if it is none. Links
   * that lead out are left out.
   */
  listBeside?(path: string): readonly string[] | undefined
}
