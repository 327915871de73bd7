import { goQuote } from '../../go/quote.ts'
import { flat } from '../../kernel/flat-text.ts'
import { remembered } from '../../kernel/remembered.ts'
import { has } from '../../versions/changes.ts'
import { kubelet } from '../../versions/kubelet.ts'

/** Names of images: `[host[:port]/]path[:tag][@digest]`. Source: docker/distribution reference, pkg/util/parsers. */

/** Docker Hub, and what it puts before names without a slash. Source: docker/distribution reference/normalize.go. */
const defaultDomain = 'docker.io'
const legacyDefaultDomain = 'index.docker.io'
const officialPath = 'library'

export interface ImageName {
  /** `docker.io` when the name has none. */
  readonly host: string
  /** Without host, with `library/` where Docker Hub would put it. */
  readonly path: string
  /** `:tag`, `@digest`, both or nothing. */
  readonly suffix: string
  /** Host and path. */
  readonly repository: string
  /** All of it. */
  readonly full: string
}

/** Splits a name without judging whether it is valid. */
export const splitImage = remembered(split)

function split(name: string): ImageName {
  const slash = name.indexOf('/')
  const first = slash === -1 ? '' : name.slice(0, slash)
  const hasHost = first !== '' && (/[.:]/.test(first) || first === 'localhost')
  const host = hasHost ? (first === legacyDefaultDomain ? defaultDomain : first) : defaultDomain
  const rest = hasHost ? name.slice(slash + 1) : name
  const at = rest.indexOf('@')
  const untilDigest = at === -1 ? rest.length : at
  const colon = rest.lastIndexOf(':', untilDigest - 1)
  const end = colon > rest.lastIndexOf('/', untilDigest) ? colon : untilDigest
  const path = rest.slice(0, end)
  const official = host === defaultDomain && !path.includes('/')
  const whole = official ? `${officialPath}/${path}` : path
  const suffix = flat(rest.slice(end))
  const repository = flat(`${host}/${whole}`)
  return { host, path: flat(whole), suffix, repository, full: flat(`${repository}${suffix}`) }
}

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const domainPart = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const domain = `${domainPart}(?:\\.${domainPart})*(?::[0-9]+)?`
const reference = new RegExp(
  `^(${domain}/${component}(?:/${component})*)(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
)
const nameMax = 255
/** Hexadecimal digits of a digest, by algorithm. Source: opencontainers/go-digest. */
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 }

export type ParsedImage =
  /** `repository` with its host: `docker.io/library/busybox`. */
  | { readonly ok: true; readonly repository: string; readonly tag: string; readonly digest: string }
  | { readonly ok: false; readonly message: string }

/**
 * Parses a name as the kubelet does before it asks the runtime. Neither tag nor digest: tag `latest`.
 * Source: docker/distribution reference ParseNormalizedNamed, pkg/util/parsers/parsers.go ParseImageName.
 */
export function parseImageName(name: string, minor = 18): ParsedImage {
  return (has(minor, kubelet.imageErrorsNameTheRepository) ? parsedNaming : parsed)(name)
}

/** A first part with capitals is a host, whatever else it is. Source: distribution/reference v0.6.0, normalize.go, splitDockerDomain. */
function withCapitalHost(name: string): Pick<ImageName, 'host' | 'path' | 'suffix'> | undefined {
  const [, host, path] = /^([^/.:]*[A-Z][^/.:]*)\/(.*)$/s.exec(name) ?? []
  return host === undefined || path === undefined ? undefined : { host, path, suffix: '' }
}

const parsed = remembered((name) => parse(name, false))
const parsedNaming = remembered((name) => parse(name, true))

function parse(name: string, namesRepository: boolean): ParsedImage {
  if (/^[a-f0-9]{64}$/.test(name))
    return invalid(`invalid repository name (${name}), cannot specify 64-byte hexadecimal strings`)
  const { host, path, suffix } = (namesRepository ? withCapitalHost(name) : undefined) ?? splitImage(name)
  const remainder = path + suffix
  const remoteName = remainder.includes(':') ? remainder.slice(0, remainder.indexOf(':')) : remainder
  if (remoteName.toLowerCase() !== remoteName)
    return invalid(
      namesRepository
        ? `invalid reference format: repository name (${remoteName}) must be lowercase`
        : 'invalid reference format: repository name must be lowercase',
    )
  const match = reference.exec(`${host}/${remainder}`)
  const repository = match?.[1]
  if (match === null || repository === undefined) return invalid('invalid reference format')
  if (repository.length > nameMax) return invalid(`repository name must not be more than ${nameMax} characters`)
  const digest = match[3] ?? ''
  if (digest !== '') {
    const [algorithm = '', hex = ''] = digest.split(':')
    const length = Object.hasOwn(digestLengths, algorithm) ? digestLengths[algorithm] : undefined
    if (length === undefined) return invalid('unsupported digest algorithm')
    if (hex.length !== length) return invalid('invalid checksum digest length')
    if (!/^[a-f0-9]*$/.test(hex)) return invalid('invalid checksum digest format')
  }
  const tag = match[2] ?? ''
  return { ok: true, repository, tag: tag === '' && digest === '' ? defaultTag : tag, digest }
}

const defaultTag = 'latest'

function invalid(message: string): ParsedImage {
  return { ok: false, message }
}

export type TaggedImage =
  | { readonly ok: true; readonly image: string }
  | { readonly ok: false; readonly message: string }

/**
 * The name that the runtime is asked for: with `:latest` if the user gave neither tag nor digest.
 * Source: pkg/kubelet/images/image_manager.go, applyDefaultImageTag.
 */
export function applyDefaultImageTag(name: string, minor = 18): TaggedImage {
  const image = parseImageName(name, minor)
  if (!image.ok) {
    const what = has(minor, kubelet.imageErrorsNameTheRepository) ? 'name' : 'reference'
    return { ok: false, message: `couldn't parse image ${what} ${goQuote(name)}: ${image.message}` }
  }
  const { suffix } = splitImage(name)
  return { ok: true, image: suffix === '' ? `${name}:${defaultTag}` : name }
}
