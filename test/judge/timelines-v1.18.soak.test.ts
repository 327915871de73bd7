import { testFirstTimelines } from './test-timelines.ts'

testFirstTimelines('v1.36 too')
