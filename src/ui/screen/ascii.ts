import stringWidth from 'string-width'

/** What podsim draws with, for terminals whose locale has no such characters: as wide as before. */
const substitutes: Readonly<Record<string, string>> = {
  '─': '-',
  '│': '|',
  '┌': '+',
  '┐': '+',
  '└': '+',
  '┘': '+',
  '…': '~',
  '▸': '>',
  '▶': '>',
  '❚': '|',
  '✓': 'v',
  '✗': 'x',
  '‼': '!',
  '■': '#',
  '↯': 'x',
  '◆': '*',
  '·': '.',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '⇧': '^',
  '├': '+',
  '┤': '+',
  '┬': '+',
  '┴': '+',
  '┼': '+',
  '╰': '+',
  '╎': ':',
  '━': '=',
  '═': '#',
  '▼': 'V',
  '▒': '%',
  '▓': '#',
  '█': '#',
  '●': 'o',
  '○': '.',
  '⊘': '0',
  '×': 'x',
  '¶': '/',
  '↘': '\\',
}

/** The text with ASCII characters only, every line as wide as it was. */
export function asciiOnly(text: string): string {
  return text.replace(/[^\u0000-\u007f]/gu, (char) => substitutes[char] ?? '?'.repeat(stringWidth(char)))
}

/** Whether a locale has more than ASCII. Where nothing is said of it, it has: hardly a terminal has not. Source: POSIX, locale. */
export function isUtf8Locale(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '')
  return locale === undefined || /utf-?8/i.test(locale)
}
