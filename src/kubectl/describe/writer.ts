import { alignTabs, describeTabs } from '../../go/tabwriter.ts'

/** Collects lines with tabs between label and value; `text` lays them out. Source: kubectl pkg/describe/interface.go, PrefixWriter. */
export class DescribeWriter {
  #buffer = ''

  /** Writes after `level` indents of two blanks. */
  write(level: number, text: string): void {
    this.#buffer += '  '.repeat(level) + text
  }

  line(level: number, text: string): void {
    this.write(level, `${text}\n`)
  }

  /** `Label:` and its value. */
  field(level: number, label: string, value: string | number | boolean): void {
    this.write(level, `${label}:\t${value}\n`)
  }

  /** As written, tabs and all. */
  raw(): string {
    return this.#buffer
  }

  text(): string {
    return alignTabs(this.#buffer, describeTabs)
  }
}
