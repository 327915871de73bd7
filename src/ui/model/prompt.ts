import type { Command } from './keys.ts'
import type { Overlay, PlayState } from './play-state.ts'

/** The line that is typed. */
export type Prompt = Extract<Overlay, { kind: 'prompt' }>

/** What stands before the line, and what it is for. */
export const promptWords: Readonly<Record<Prompt['prompt'], { readonly lead: string; readonly hint: string }>> = {
  command: { lead: ':', hint: 'kubectl get pods, exec mypod -- ls /etc/foo, echo hello, @alice get secrets' },
  search: { lead: '/', hint: 'a word to look for' },
  jump: { lead: 'to', hint: '2m15s, 02:15, #120, 24' },
  save: { lead: 'save as', hint: 'name of the new file' },
  file: { lead: 'open', hint: 'a scenario file, such as scenarios/first-light.yaml' },
  manifests: { lead: 'manifests', hint: 'a file or folder, such as . or k8s/' },
}

/** As long a line as anybody types or pastes. */
const longest = 16_384

/** An empty line, or one to begin with. */
export function openPrompt(prompt: Prompt['prompt'], text = ''): Prompt {
  return { kind: 'prompt', prompt, text, caret: text.length, past: -1 }
}

/** The line with something typed or pasted into it; line ends of a paste are kept, for the shell has lines. */
export function withText(prompt: Prompt, inserted: string): Prompt {
  const clean = inserted.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, '')
  const text = (prompt.text.slice(0, prompt.caret) + clean + prompt.text.slice(prompt.caret)).slice(0, longest)
  return { ...prompt, text, caret: Math.min(text.length, prompt.caret + clean.length) }
}

/** The line after a key that edits it. */
export function edited(prompt: Prompt, command: Command, { typed }: Pick<PlayState, 'typed'>): Prompt {
  const { text, caret } = prompt
  switch (command) {
    case 'eraseBack': {
      const back = previous(text, caret)
      return { ...prompt, text: text.slice(0, back) + text.slice(caret), caret: back }
    }
    case 'eraseAll':
      return { ...prompt, text: '', caret: 0 }
    case 'caretLeft':
      return { ...prompt, caret: previous(text, caret) }
    case 'caretRight':
      return { ...prompt, caret: next(text, caret) }
    case 'caretHome':
      return { ...prompt, caret: 0 }
    case 'caretEnd':
      return { ...prompt, caret: text.length }
    case 'older':
    case 'newer': {
      if (prompt.prompt !== 'command') return prompt
      const past = Math.max(-1, Math.min(typed.length - 1, prompt.past + (command === 'older' ? 1 : -1)))
      const line = past === -1 ? '' : (typed[typed.length - 1 - past] ?? '')
      return { ...prompt, past, text: line, caret: line.length }
    }
    default:
      return prompt
  }
}

/** A character outside of the first plane is two units. */
function previous(text: string, caret: number): number {
  return caret - ([...text.slice(0, caret)].at(-1)?.length ?? 0)
}

function next(text: string, caret: number): number {
  return caret + ([...text.slice(caret)][0]?.length ?? 0)
}
