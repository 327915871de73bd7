/** What code of somebody's own, and accidents, tell the journal. */
export const simRecords = {
  'fault.begin': 'An accident begins. Detail: kind, what.',
  'fault.end': 'It is over.',
  'controller.start': "A controller of somebody's own starts. Detail: name.",
  'controller.log': 'What it says. Detail: name, text.',
  'controller.end': 'It has come to its end, or was stopped, or has crashed. Detail: name, how.',
  'admission.mutated':
    'An admission hook changed an object on its way into the store. Detail: hook, operation. `before`, `after`.',
  'admission.denied': 'An admission hook refused a request. Detail: hook, operation, message.',
} as const
