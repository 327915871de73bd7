import { fromBase64, isUtf8, utf8Text } from '../../bytes/bytes.ts'
import { isObject, objectAt, textAt } from '../../go/json.ts'
import type { GivenObject } from '../given.ts'
import type { Remark } from '../report.ts'
import { objectName } from '../words.ts'

/** What the values of a Secret look like; the values themselves are never told. */
export function remarksOnValues(given: GivenObject, fallback: string): readonly Remark[] {
  if (given.kind !== 'Secret') return []
  const name = objectName(given, fallback)
  const remarks: Remark[] = []
  const remark = (kind: Remark['kind'], field: string, key: string, message: string) =>
    remarks.push({ kind, level: 'warning', place: given.place([field, key], 'key'), message: `${name}: ${message}` })
  for (const [key, text] of Object.entries(objectAt(given.object, 'data'))) {
    if (typeof text !== 'string') continue
    if (/[\r\n]./.test(text))
      remark(
        'newlinesInBase64',
        'data',
        key,
        `the base64 of ${key} has line ends inside; the API server skips them, other tools do not`,
      )
    const bytes = fromBase64(text.replace(/[\r\n]/g, ''))
    if (bytes === undefined) continue
    if (!isUtf8(bytes)) {
      if (isWord(text))
        remark(
          'notText',
          'data',
          key,
          `the value of ${key} is no text once it is decoded: was it meant as it stands? stringData takes plain text`,
        )
      continue
    }
    const value = utf8Text(bytes)
    if (isQuoted(value)) remark('quoted', 'data', key, quotedText(key))
    if (endsInNewline(value))
      remark(
        'trailingNewline',
        'data',
        key,
        `the value of ${key} ends in a newline, which programs take as part of it (echo without -n?)`,
      )
    if (isEncodedText(value))
      remark('encodedTwice', 'data', key, `the value of ${key} is base64 itself: encoded twice?`)
  }
  for (const [key, value] of Object.entries(objectAt(given.object, 'stringData'))) {
    if (typeof value !== 'string') continue
    if (isQuoted(value)) remark('quoted', 'stringData', key, quotedText(key))
    if (endsInNewline(value))
      remark(
        'trailingNewline',
        'stringData',
        key,
        `the value of ${key} ends in a newline, which programs take as part of it (a block text "|" keeps it, "|-" does not)`,
      )
    if (isEncodedText(value))
      remark(
        'encodedTwice',
        'stringData',
        key,
        `the value of ${key} is base64 already, and stringData is encoded by the server: encoded twice?`,
      )
  }
  return remarks
}

/** One line with a newline behind it; files of several lines rightly end in one. */
function endsInNewline(value: string): boolean {
  return /^[^\r\n]+\r?\n$/.test(value)
}

/** A word as people think of them, which is base64 by chance: of four letters, or eight. */
function isWord(text: string): boolean {
  return text.length <= 16 && /^[A-Za-z]+\d*$/.test(text)
}

/** Quotes that a file of variables had, or a shell did not take away. */
function isQuoted(value: string): boolean {
  return /^(["'])[^"'\r\n]+\1\r?\n?$/.test(value)
}

const quotedText = (key: string): string =>
  `the value of ${key} has quotes around it, which programs take as part of it`

/** Base64 of printable text with words in it. Short words and hexadecimal digits may look like base64 by chance. */
function isEncodedText(value: string): boolean {
  const text = value.trim()
  if (text.length < 8 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text) || /^[0-9a-fA-F]+$/.test(text))
    return false
  const bytes = fromBase64(text)
  return bytes !== undefined && isUtf8(bytes) && /^[\x20-\x7e\r\n\t]+$/.test(utf8Text(bytes))
}

/** A Secret whose values stand in the manifests, readable for whoever reads these (S6). */
export function remarksOnPlainText(given: GivenObject, fallback: string): readonly Remark[] {
  if (given.kind !== 'Secret') return []
  const field = hasMembers(given.object.stringData) ? 'stringData' : hasMembers(given.object.data) ? 'data' : undefined
  if (field === undefined) return []
  const how = field === 'data' ? 'base64, which is no encryption' : 'plain text'
  return [
    {
      kind: 'plainText',
      level: 'note',
      place: given.place([field], 'key'),
      message: `${objectName(given, fallback)}: its values stand in this file as ${how}`,
    },
  ]
}

function hasMembers(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length > 0
}

/** Names of variables that hold credentials, by what people call them. */
const secretName = /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?)$/i

/** What only says whether: `MYSQL_ALLOW_EMPTY_PASSWORD: "yes"`. */
const isSwitch = /^(?:true|false|yes|no|on|off|[01])$/i

/** Where the credential lies: `GOOGLE_APPLICATION_CREDENTIALS: /var/run/secrets/key.json`. */
const isPath = /^(?:\/[\w.@-]+){2,}$/

/** A variable that is named like a credential and has its value in the manifest. */
export function remarksOnVariable(
  given: GivenObject,
  variable: unknown,
  path: readonly (string | number)[],
  fallback: string,
): readonly Remark[] {
  const name = textAt(variable, 'name')
  const value = textAt(variable, 'value')
  if (!secretName.test(name) || value === '' || /^\$\(.*\)$/.test(value) || isSwitch.test(value) || isPath.test(value))
    return []
  return [
    {
      kind: 'plainText',
      level: 'warning',
      place: given.place([...path, 'value']),
      message: `${objectName(given, fallback)}: variable ${name} has its value in the manifest; a Secret would keep it apart`,
    },
  ]
}
