/** `visible`: a container sees a Secret (anew). `chatter`: only a close look asks for it. */
export type Tone = 'normal' | 'warning' | 'good' | 'visible' | 'fault' | 'chatter'

export interface Told {
  readonly text: string
  readonly tone: Tone
  /** Who did it, where the record's actor is only the messenger. */
  readonly actor?: string
}
