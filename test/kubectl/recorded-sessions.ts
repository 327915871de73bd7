/** Files with command lines of kubectl and what was printed. */
export const isSession = /(^|\/)kubectl-session-/

/** What the tests of them say, whichever kubectl it was. */
export const sessionsTitle = 'C3 facts/kubectl.md: kubectl prints what a real one printed'
