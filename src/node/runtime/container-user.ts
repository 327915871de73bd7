import { utf8Text } from '../../bytes/bytes.ts'
import type { FsUser } from '../../fs/node-fs.ts'
import type { ImageDefinition } from '../../shell/program.ts'
import type { ContainerConfig } from './cri.ts'

/**
 * Whom processes run as: the Pod's user, or the image's. The group is the Pod's, or that of the user's row in the image's /etc/passwd; to those of
 * the Pod come the groups that have the user's name in the image's /etc/group, unless the Pod wants none of those. Source: containerd
 * internal/cri/server/container_create_linux.go, containerSpecOpts; pkg/oci/spec_opts.go, WithUserID and WithAdditionalGIDs; runc
 * libcontainer/user, GetExecUser (docker).
 */
export function userOf(config: ContainerConfig, image: ImageDefinition): FsUser {
  const isOfPod = config.runAsUser >= 0
  const uid = isOfPod ? config.runAsUser : image.user
  const { runAsGroup, groups = none, ignoresImageGroups = false } = config
  if (uid === 0 && (runAsGroup ?? 0) === 0 && groups.length === 0) return root
  const known = rowOf(image.files, uid)
  const gid = runAsGroup ?? (isOfPod ? undefined : image.group) ?? known.gid
  const ofImage = ignoresImageGroups ? none : known.groups
  return { uid, gid, groups: ofImage.length === 0 ? groups : [...groups, ...ofImage] }
}

/** Whom most containers run as: one object for all. Root may do everything, whatever its groups. */
const root: FsUser = { uid: 0, gid: 0, groups: [] }

const none: readonly never[] = []

/** What the files of an image say of a user. */
interface UserRow {
  readonly gid: number
  readonly groups: readonly number[]
}

type Files = ImageDefinition['files']

const rows = new WeakMap<Files, Map<number, UserRow>>()

function rowOf(files: Files, uid: number): UserRow {
  const ofImage = rows.get(files) ?? new Map<number, UserRow>()
  rows.set(files, ofImage)
  const known = ofImage.get(uid) ?? readRow(files, uid)
  ofImage.set(uid, known)
  return known
}

function readRow(files: Files, uid: number): UserRow {
  const [name, , , group] = linesOf(files['/etc/passwd']).find((line) => line[2] === String(uid)) ?? none
  if (name === undefined) return { gid: 0, groups: none }
  const groups = linesOf(files['/etc/group']).flatMap(([of, , gid, members = '']) =>
    of !== name && members.split(',').includes(name) && /^\d+$/.test(gid ?? '') ? [Number(gid)] : [],
  )
  return { gid: /^\d+$/.test(group ?? '') ? Number(group) : 0, groups }
}

function linesOf(file: Uint8Array | undefined): readonly (readonly string[])[] {
  if (file === undefined) return none
  return utf8Text(file)
    .split('\n')
    .map((line) => line.trim().split(':'))
}
