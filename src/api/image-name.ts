/**
 * The tag of an image reference as the API server reads it when it chooses the pull policy: `latest` when there is
 * neither tag nor digest, `''` when only a digest is there or the reference cannot be parsed.
 * Source: pkg/util/parsers/parsers.go, ParseImageName; docker/distribution reference/{normalize,regexp}.go.
 */
export function imageTag(image: string): string {
  const slash = image.indexOf('/')
  const first = slash < 0 ? '' : image.slice(0, slash)
  const hasDomain = slash >= 0 && (/[.:]/.test(first) || first === 'localhost')
  const remainder = hasDomain ? image.slice(slash + 1) : image
  if (!hasDomain && /^[a-f0-9]{64}$/.test(image)) return ''
  if (hasDomain && !domainPattern.test(first)) return ''
  const match = remainderPattern.exec(remainder)
  if (match === null) return ''
  const [, path = '', tag, digest] = match
  if (path.length + first.length + 1 > 255) return ''
  return tag ?? (digest === undefined ? 'latest' : '')
}

const domainPattern =
  /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?$/
/** The original allows an empty separator inside a component too; the language is the same and this one cannot backtrack. */
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const digestFormat = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}'
const remainderPattern = new RegExp(
  `^(${component}(?:/${component})*)(?::(\\w[\\w.-]{0,127}))?(?:@(${digestFormat}))?$`,
)

/** `Always` for the tag `latest` or none, else `IfNotPresent` (P1). Source: pkg/apis/core/v1/defaults.go, SetDefaults_Container. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  return imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent'
}
