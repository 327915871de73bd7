import type { Held, HttpAnswer } from './server.ts'

/** An answer that tells an object, whose text is written when somebody looks at the body. */
export function objectAnswer(
  code: number,
  headers: HttpAnswer['headers'],
  object: object,
  text: () => string,
): HttpAnswer {
  return new ObjectAnswer(code, headers, object, text)
}

/** The answer with other headers. A spread would leave the body behind, which it has to be asked for. */
export function withHeaders(answer: HttpAnswer, headers: HttpAnswer['headers']): HttpAnswer {
  if (!(answer instanceof ObjectAnswer)) return { ...answer, headers }
  return new ObjectAnswer(answer.code, headers, answer.object, () => answer.body)
}

/** An answer with nothing left to be written, for whoever keeps it. */
export function plainAnswer(answer: HttpAnswer): HttpAnswer {
  if (!(answer instanceof ObjectAnswer)) return answer
  const { code, headers, body } = answer
  return { code, headers, body }
}

/** The answer for those who do not wait for what comes of the request. */
export function heldAnswer(answer: HttpAnswer, held: Held<HttpAnswer>): HttpAnswer {
  return { ...plainAnswer(answer), held }
}

/** What `JSON.parse` makes of the body, without the text where the caller lives in the same process. Never to be changed. */
export function answeredObject(answer: HttpAnswer): unknown {
  if (answer instanceof ObjectAnswer) return answer.object
  return answer.body === '' ? undefined : JSON.parse(answer.body)
}

class ObjectAnswer implements HttpAnswer {
  readonly code: number
  readonly headers: HttpAnswer['headers']
  readonly object: object
  private readonly text: () => string
  private written: string | undefined

  constructor(code: number, headers: HttpAnswer['headers'], object: object, text: () => string) {
    this.code = code
    this.headers = headers
    this.object = object
    this.text = text
  }

  get body(): string {
    this.written ??= this.text()
    return this.written
  }
}
