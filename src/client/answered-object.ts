import type { HttpAnswer } from './server.ts'

/** What answers tell in JSON; a copy of an answer has only its text. */
const objects = new WeakMap<HttpAnswer, object>()

/** An answer that tells an object, whose text is written when somebody looks at the body. */
export function objectAnswer(
  code: number,
  headers: HttpAnswer['headers'],
  object: object,
  text: () => string,
): HttpAnswer {
  let written: string | undefined
  const answer = {
    code,
    headers,
    get body(): string {
      written ??= text()
      return written
    },
  }
  objects.set(answer, object)
  return answer
}

/** What `JSON.parse` makes of the body, without the text where the caller lives in the same process. Never to be changed. */
export function answeredObject(answer: HttpAnswer): unknown {
  const known = objects.get(answer)
  if (known !== undefined) return known
  return answer.body === '' ? undefined : JSON.parse(answer.body)
}
