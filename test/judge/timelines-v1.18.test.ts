import { testFirstTimelines } from './test-timelines.ts'

testFirstTimelines('v1.18 alone')
