import { factAt, type VersionedFact } from '../../../versions/version.ts'

/** What changed in the volume plugins between versions. Sections name facts/kubelet.md; rows vectors/v1.26/README.md. */
const facts = {
  /** Links that users see are made before or after `..data` is switched (4.4). */
  linksAfterSwitch: fact('kubelet.md 4.4; pkg/volume/util/atomic_writer.go', false, [[23, true]]),
  /** Missing links are made again even if no content changed (4.4). */
  repairsLinks: fact('kubelet.md 4.4', false, [[30, true]]),
  /**
   * fsGroup is set on what will be published, leaves first, links too; before: on what was published, root first, at each
   * refresh (4.5, rows 21 and 22). The walk itself changed with gate ConfigurableFSGroupPolicy; both ends are recorded.
   */
  ownsBeforeSwitch: fact('kubelet.md 4.5; v1.26 row 21', false, [[26, true]]),
  /** tmpfs mounts get a size: what the Pod may use, else what the node has (11). */
  sizesTmpfs: fact('kubelet.md 11, gate SizeMemoryBackedVolumes', false, [[22, true]]),
  /** A subPath bind mount that is no longer the wanted file is made anew at the next container start (4.6, row 20). */
  renewsSubPaths: fact('kubelet.md 4.6; v1.26 row 20', false, [[19, true]]),
  /** Random suffix of time-stamped directories: 9 digits up to Go 1.15, then up to 10 (4.4). */
  longSuffix: fact('os.MkdirTemp; built with Go 1.16 since 1.21', false, [[21, true]]),
  /** Token files: 0600 always, or only where fsGroup or a common user needs it (5). */
  tokenModeFollowsUser: fact('kubelet.md 5; projected.go', false, [[19, true]]),
  /** Whether a CSI driver can do what a Pod asks of it is looked at after its client was found; before: first of all. */
  checksDriverAtSetUp: fact('pkg/volume/csi/csi_mounter.go, SetUpAt; kubernetes #113306', false, [[26, true]]),
  /** Nodes have containerd's directories and sockets, before that docker's. */
  hasContainerd: fact('removal of dockershim; as for the texts of pulls', false, [[24, true]]),
} as const

export type VolumeFacts = { readonly [K in keyof typeof facts]: boolean }

const known = new Map<number, VolumeFacts>()

/** All facts of one minor version. */
export function volumeFactsOf(minor: number): VolumeFacts {
  const before = known.get(minor)
  if (before !== undefined) return before
  const resolved: Record<string, boolean> = {}
  for (const [name, versioned] of Object.entries(facts)) resolved[name] = factAt(versioned, minor)
  // Every key of the table was filled.
  const all = resolved as VolumeFacts
  known.set(minor, all)
  return all
}

function fact(
  source: string,
  initially: boolean,
  since: readonly (readonly [minor: number, value: boolean])[],
): VersionedFact<boolean> {
  return { source, initially, since }
}
