import { goQuote } from '../../go/quote.ts'
import { has } from '../../versions/changes.ts'
import { kubelet } from '../../versions/kubelet.ts'

/**
 * What runtimes answer, word by word. `docker` is what v1.18 clusters ran, `containerd` what they run since dockershim went
 * (1.24): containerd 1 with runc 1.1, and in the end containerd 2 with runc 1.3.
 */
export type RuntimeKind = 'docker' | 'containerd' | 'containerd-2'

/** The runtime of a version's time. */
export function runtimeKindOf(minor: number): RuntimeKind {
  if (has(minor, kubelet.containerd2)) return 'containerd-2'
  return has(minor, kubelet.containerd) ? 'containerd' : 'docker'
}

/** What ids and versions call it: `docker`, `containerd`. */
export function runtimeName(kind: RuntimeKind): 'docker' | 'containerd' {
  return kind === 'docker' ? 'docker' : 'containerd'
}

export type PullFailure = 'denied' | 'unauthorized' | 'absent' | 'unreachable' | 'no such host'

export interface PulledName {
  /** As the kubelet asked for it. */
  readonly image: string
  /** With host and `library/`. */
  readonly full: string
  readonly host: string
}

/** Prefix of an error that came over the runtime's socket. Source: google.golang.org/grpc status.Error. */
export const grpcPrefix = 'rpc error: code = Unknown desc = '

/** An error as the kubelet shows it that drops the code when it is Unknown. */
export function withoutUnknownCode(message: string): string {
  return message.startsWith(grpcPrefix) ? message.slice(grpcPrefix.length) : message
}

/** What the kubelet shows of an error of CreateContainer and StartContainer. Source: kuberuntime_container.go, grpcstatus Message. */
export function grpcDescription(message: string): string {
  const match = /^rpc error: code = \w+ desc = (.*)$/s.exec(message)
  return match?.[1] ?? message
}

/**
 * Why a pull failed, without the gRPC prefix. Sources: moby distribution/errors.go and registry client;
 * containerd remotes/docker resolver.go, authorizer.go and cri image_pull.go. The wordings are those of users' reports; of a token
 * that is refused containerd 2 also names the request, whose URL podsim does not know.
 */
export function pullErrorText(kind: RuntimeKind, failure: PullFailure, name: PulledName): string {
  return kind === 'docker' ? dockerPull(failure, name) : containerdPull(failure, name)
}

/** Source: Go net/net.go, DNSError. The server is one of podsim's. */
const lookup = (host: string): string => `${host.replace(/:\d+$/, '')} on 10.0.0.2:53: no such host`

function dockerPull(failure: PullFailure, { image, full, host }: PulledName): string {
  const repository = image.replace(/(:[^/]*)?(@.*)?$/, '')
  const daemon = 'Error response from daemon: '
  const endpoint = host === 'docker.io' ? 'registry-1.docker.io' : host
  switch (failure) {
    case 'denied':
      return `${daemon}pull access denied for ${repository}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`
    case 'unauthorized':
      return `${daemon}unauthorized: incorrect username or password`
    case 'absent':
      return `${daemon}manifest for ${host === 'docker.io' ? image : full} not found: manifest unknown: manifest unknown`
    case 'no such host':
      return `${daemon}Get https://${host}/v2/: dial tcp: lookup ${lookup(host)}`
    case 'unreachable':
      return `${daemon}Get https://${endpoint}/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`
  }
}

function containerdPull(failure: PullFailure, { full, host }: PulledName): string {
  const lead = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": `
  const endpoint = host === 'docker.io' ? 'registry-1.docker.io' : host
  const tag = full.slice(full.lastIndexOf(':') + 1)
  const path = full.slice(full.indexOf('/') + 1, full.lastIndexOf(':'))
  switch (failure) {
    case 'denied':
      return `${lead}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`
    case 'unauthorized':
      return `${lead}failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized`
    case 'absent':
      return `${lead}${full}: not found`
    case 'no such host':
      return `${lead}failed to do request: Head "https://${host}/v2/${path}/manifests/${tag}": dial tcp: lookup ${lookup(host)}`
    case 'unreachable':
      return `${lead}failed to do request: Head "https://${endpoint}/v2/${path}/manifests/${tag}": dial tcp ${endpoint}:443: i/o timeout`
  }
}

const dockerStart = (id: string, cause: string): string =>
  `failed to start container "${id}": Error response from daemon: OCI runtime create failed: container_linux.go:349: starting container process caused "${cause}": unknown`

/** What docker itself keeps of why a container did not start: the rest is dockershim's. Source: moby daemon/start.go, containerStart. */
export function daemonError(text: string): string {
  return text.replace(/^failed to start container "[^"]*": Error response from daemon: /, '')
}

const taskStart =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: '

/**
 * A task that containerd does not start. `isEarly`: runc 1.1 finds it before it says that its own first process ran. Errors of
 * containerd 2 have no code behind them (pkg/errgrpc), and runc 1.3 tells of its first process always. As users' reports have it.
 */
function containerdStart(kind: RuntimeKind, cause: string, isEarly = false): string {
  const during = 'error during container init: '
  if (kind === 'containerd-2') return taskStart + during + cause
  return `${taskStart}${isEarly ? '' : during}${cause}: unknown`
}

/**
 * A variable with a NUL byte, which no environment can hold. Source: runc libcontainer/init_linux.go,
 * populateProcessEnvironment: before 1.1 the plain error of setenv; from 1.3 on libcontainer/env.go, prepareEnv, which keeps the value to itself.
 */
export function nulRefusedText(kind: RuntimeKind, container: string, name: string, value: string): string {
  if (kind === 'docker')
    return dockerStart(container, String.raw`process_linux.go:449: container init caused \"setenv: invalid argument\"`)
  const text =
    kind === 'containerd-2'
      ? `invalid environment variable ${goQuote(name)}: contains nul byte (\\x00)`
      : `environment variable value can't contain null(\\x00): ${goQuote(`${name}=${value}`)}`
  return containerdStart(kind, text)
}

/**
 * What the kubelet's own call to a runtime fails with whose text is no UTF-8. Source: google.golang.org/grpc rpc_util.go, encode;
 * google.golang.org/protobuf impl, errInvalidUTF8 (kubernetes issue 139132).
 */
export const invalidUtf8Text =
  'rpc error: code = Internal desc = grpc: error while marshaling: string field contains invalid UTF-8'

/** Where a mount was to go, and from where. `layer`: 64 hex digits of docker's overlay. */
export interface MountText {
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
  readonly layer: string
}

/**
 * A file that is mounted over a directory, or the other way round. Sources: moby daemon/errors.go, translateContainerdStartErr; runc
 * libcontainer/rootfs_linux.go, mount_linux.go, as users' reports have it (docker with runc 1.0, containerd with runc 1.1 and 1.3).
 */
export function mountRefusedText(kind: RuntimeKind, container: string, mount: MountText): string {
  const { source, target, readOnly, layer } = mount
  if (kind !== 'docker') {
    const [fd, flags] = [{ 'containerd-2': 11, containerd: 6 }[kind], readOnly ? '0x5001' : '0x5000']
    const text =
      kind === 'containerd-2'
        ? `mount src=${source}, dst=${target}, dstFd=/proc/thread-self/fd/${fd}, flags=MS_BIND|MS_REC: not a directory`
        : `mount ${source}:${target} (via /proc/self/fd/${fd}), flags: ${flags}: not a directory`
    return containerdStart(kind, `error mounting "${source}" to rootfs at "${target}": ${text}`)
  }
  const quote = String.raw`\\\"`
  const quoted = (text: string): string => `${quote}${text}${quote}`
  const root = `/var/lib/docker/overlay2/${layer}/merged`
  const cause = String.raw`process_linux.go:449: container init caused \"rootfs_linux.go:58: mounting ${quoted(source)} to rootfs ${quoted(root)} at ${quoted(`${root}${target}`)} caused ${quoted('not a directory')}\"`
  return `${dockerStart(container, cause)}: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`
}

/** A mount at the root, which docker does not make. Source: moby volume/mounts/linux_parser.go, ParseMountRaw, validateNotRoot. */
export function rootMountText({ source, target, readOnly }: Pick<MountText, 'source' | 'target' | 'readOnly'>): string {
  return `Error response from daemon: invalid volume specification: '${source}:${target}${readOnly ? ':ro' : ''}': invalid mount config for type "bind": invalid specification: destination can't be '/'`
}

/**
 * The same of runc 1.3, which refuses it as the container starts. Source: runc libcontainer/rootfs_linux.go, createMountpoint; runc
 * issue 5070. Before, it is not refused. `id`: the container's.
 */
export function topMountText(kind: RuntimeKind, id: string, source: string): string | undefined {
  if (kind !== 'containerd-2') return undefined
  const root = `"/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/rootfs"`
  const cause = `error mounting "${source}" to rootfs at "/": create mountpoint for / mount: mountpoint ${root} is on the top of rootfs ${root}`
  return containerdStart(kind, cause)
}

/**
 * An image whose user its /etc/passwd does not name, which containerd finds as it makes the container; `drawn` is what the name of its
 * temporary mount ends in. Source: containerd pkg/oci/spec_opts.go, WithUser; core/mount/temp.go; internal/cri/server/container_create.go.
 */
export function noUserText(drawn: number): string {
  const mount = `/var/lib/containerd/tmpmounts/containerd-mount${drawn}`
  return `${grpcPrefix}failed to create containerd container: mount callback failed on ${mount}: no users found`
}

/** The same of docker, which finds it as it starts the container. Source: moby daemon/oci_linux.go, getUser, as users' reports have it. */
export function unknownUserText(container: string, user: string): string {
  return `failed to start container "${container}": Error response from daemon: unable to find user ${user}: no matching entries in passwd file`
}

/** What a container says, newline included, that could not become its program. Source: runc standard_init_linux.go, Init. */
export function execErrorText(kind: RuntimeKind, program: string, cause: ExecError): string {
  const path = program.includes('/') ? program : `/bin/${program}`
  return kind === 'docker'
    ? `standard_init_linux.go:211: exec user process caused "${cause}"\n`
    : `exec ${path}: ${cause}\n`
}

/** Why the kernel does not run a program that lies there (execve(2): E2BIG, ENOEXEC, ENOENT of what `#!` names). */
export type ExecError = 'argument list too long' | 'exec format error' | 'no such file or directory'

/** Why runc does not start a program: it is not there, or it may not be run. */
export type StartRefusal = 'not on the path' | 'no such file' | 'permission denied' | 'is a directory'

const refusalTexts: Readonly<Record<StartRefusal, (program: string) => string>> = {
  'not on the path': () => 'executable file not found in $PATH',
  'no such file': (program) => `stat ${program}: no such file or directory`,
  'permission denied': () => 'permission denied',
  'is a directory': () => 'is a directory',
}

/** Why a program could not be started. Sources: runc libcontainer, as dockershim and containerd hand it on. */
export function startRefusedText(kind: RuntimeKind, container: string, program: string, refusal: StartRefusal): string {
  const cause = refusalTexts[refusal](program)
  return kind === 'docker'
    ? dockerStart(container, String.raw`exec: \"${program}\": ${cause}`)
    : containerdStart(kind, `exec: "${program}": ${cause}`, true)
}

/**
 * An exec of what cannot be run. Sources: runc libcontainer, as users' reports have it; docker writes it to the command's output,
 * which then ends with 126 (moby daemon/exec.go, api/server/router/container/exec.go), containerd answers with an error (pkg/cri, execInternal).
 */
export function execRefusedText(kind: RuntimeKind, execId: string, program: string, refusal: StartRefusal): string {
  const cause = refusalTexts[refusal](program)
  return kind === 'docker'
    ? `OCI runtime exec failed: exec failed: container_linux.go:349: starting container process caused "exec: \\"${program}\\": ${cause}": unknown\r\n`
    : `failed to exec in container: failed to start exec "${execId}": OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": ${cause}${kind === 'containerd' ? ': unknown' : ''}`
}
