/** How `podsim lint` answers. */
export const lintFormats = ['text', 'json', 'github', 'sarif'] as const

/** Flags of `podsim lint`, as commander hands them over. */
export interface LintFlags {
  readonly output: (typeof lintFormats)[number]
}
