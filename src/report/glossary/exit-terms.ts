import type { TermFacts } from './term.ts'

/** Exit codes of podsim itself and of containers. */
export const exitTerms: Readonly<Record<string, TermFacts>> = {
  '0': {
    means: 'Of podsim: everything passed. Of a container: it has done its work.',
    source: 'src/cli/exit-codes.ts',
    related: ['Completed'],
  },
  '1': {
    means:
      'Of podsim: an expectation or an invariant failed, a manifest does not start, or two runs differ. Of a container: its program says that something went wrong.',
    source: 'src/cli/exit-codes.ts',
    related: ['Error'],
  },
  '2': {
    means:
      'Of podsim: wrong arguments, or a file that does not load; nothing ran. Of a shell or tool in a container: it was called wrongly.',
    source: 'src/cli/exit-codes.ts',
  },
  '3': {
    means:
      'Of podsim: it cannot be said. Nothing was selected, too few events were allowed, or what only many seeds can tell is open.',
    source: 'src/cli/exit-codes.ts',
  },
  '70': {
    means: 'Of podsim: podsim is broken. Please report it with the scenario and the seed.',
    source: 'src/cli/exit-codes.ts',
    related: ['PODSIM_BROKEN'],
  },
  '130': { means: 'Of podsim: ended by ctrl-C. Of a container: ended by SIGINT.', source: 'src/cli/exit-codes.ts' },
  '126': {
    means:
      'Of a shell in a container: the command is there, but cannot be executed. A file of a Secret has mode 0644, which is not executable.',
    source: 'POSIX Shell Command Language, 2.8.2',
    clauses: ['V5'],
    related: ['127', 'defaultMode'],
  },
  '127': {
    means: 'Of a shell in a container: there is no such command.',
    source: 'POSIX Shell Command Language, 2.8.2',
    related: ['126', 'RunContainerError'],
  },
  '137': {
    means: 'Of a container: it was killed (SIGKILL): out of memory, its grace period was over, or its node went down.',
    source: 'signal(7): 128 + 9',
    related: ['OOMKilled', 'terminationGracePeriodSeconds'],
  },
  '143': {
    means: 'Of a container: it ended when it was told to (SIGTERM), as at the deletion of its Pod.',
    source: 'signal(7): 128 + 15',
    related: ['Killing'],
  },
}
