/** Builds of Kubernetes as `version` tells them. Source: the binaries themselves; v1.36.4 and the server v1.36.2: as recorded. */
export interface Build {
  readonly gitCommit: string
  readonly buildDate: string
  readonly goVersion: string
  /** `clean` where it is absent. */
  readonly gitTreeState?: string
}

const builds: Readonly<Record<string, Build>> = {
  'v1.20.2': {
    gitCommit: 'faecb196815e248d3ecfb03c680a4507229c2a56',
    gitTreeState: 'archive',
    buildDate: '2025-06-08T22:40:27Z',
    goVersion: 'go1.19.8',
  },
  'v1.24.0': {
    gitCommit: '4ce5a8954017644c5420bae81d72b09b735c21f0',
    buildDate: '2022-05-03T13:46:05Z',
    goVersion: 'go1.18.1',
  },
  'v1.25.0': {
    gitCommit: 'a866cbe2e5bbaa01cfd5e969aa3e033f3282a8a2',
    buildDate: '2022-08-23T17:44:59Z',
    goVersion: 'go1.19',
  },
  'v1.26.4': {
    gitCommit: 'f89670c3aa4059d6999cb42e23ccb4f0b9a03979',
    buildDate: '2023-04-12T12:13:53Z',
    goVersion: 'go1.19.8',
  },
  'v1.27.1': {
    gitCommit: '4c9411232e10168d7b050c49a1b59f6df9d7ea4b',
    buildDate: '2023-04-14T13:21:19Z',
    goVersion: 'go1.20.3',
  },
  'v1.28.3': {
    gitCommit: 'a8a1abc25cad87333840cd7d54be2efaf31a3177',
    buildDate: '2023-10-18T11:42:52Z',
    goVersion: 'go1.20.10',
  },
  'v1.29.4': {
    gitCommit: '55019c83b0fd51ef4ced8c29eec2c4847f896e74',
    buildDate: '2024-04-16T15:07:16Z',
    goVersion: 'go1.21.9',
  },
  'v1.30.0': {
    gitCommit: '7c48c2bd72b9bf5c44d21d7338cc7bea77d0ad2a',
    buildDate: '2024-04-17T17:36:05Z',
    goVersion: 'go1.22.2',
  },
  'v1.31.9': {
    gitCommit: '8f3800390d488f54f74111f22973059e133f9cba',
    buildDate: '2025-05-15T09:17:16Z',
    goVersion: 'go1.23.8',
  },
  'v1.32.3': {
    gitCommit: '32cc146f75aad04beaaa245a7157eb35063a9f99',
    buildDate: '2025-03-11T19:58:53Z',
    goVersion: 'go1.23.6',
  },
  'v1.33.9': {
    gitCommit: '69220b617523ac1ba5d070e74c12b5daf5e6c572',
    buildDate: '2026-02-26T20:22:38Z',
    goVersion: 'go1.24.13',
  },
  'v1.34.5': {
    gitCommit: 'ebfac057369b21558006b8815821ab2fb1e29f2d',
    buildDate: '2026-02-26T20:06:18Z',
    goVersion: 'go1.24.13',
  },
  'v1.35.2': {
    gitCommit: 'fdc9d74cbf2da6754ebf81d56f80ae2948cd6425',
    buildDate: '2026-02-26T20:05:34Z',
    goVersion: 'go1.25.7',
  },
  'v1.36.2': {
    gitCommit: '8e16b12fda5b1dccc41a6de48b3e356cc7d5048b',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'go1.26.10',
  },
  'v1.36.3': {
    gitCommit: '0f29094e5b73085e3802ecc1298ecae13866bfe6',
    buildDate: '2026-07-22T18:10:35Z',
    goVersion: 'go1.26.5',
  },
  'v1.36.4': {
    gitCommit: 'bb826b1d48562f110659e64e8ec444327433db95',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'go1.27.1',
  },
}

/** A build that nobody has looked at has no commit and tells the Go that v1.18 was built with; of recorded ones the date is masked. */
const unknown: Build = {
  gitCommit: '0000000000000000000000000000000000000000',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.13.15',
}

/** What `version` tells of a release beside its number: `v1.36.4`. */
export function buildOf(gitVersion: string): Build {
  return builds[gitVersion] ?? unknown
}

/** Which Go built a release: of one whose build is not known, the Go of the first release of its minor version that is. */
export function goVersionOf(gitVersion: string, minor: number): string {
  return (builds[gitVersion] ?? builds[`v${releaseOf(minor)}`] ?? unknown).goVersion
}

/** A release of a minor version, without its `v`: one whose build is known, where any is. */
export function releaseOf(minor: number): string {
  const known = Object.keys(builds).find((version) => version.startsWith(`v1.${minor}.`))
  return known?.slice(1) ?? `1.${minor}.0`
}
