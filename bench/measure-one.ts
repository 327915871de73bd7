import { figures } from './figures.ts'

/** `node measure-one.mjs INDEX`: measures one figure in this process. */
process.stdout.write(JSON.stringify({ value: await figures[Number(process.argv[2])]?.measure() }))
