import { testTimelines } from './test-timelines.ts'

testTimelines('v1.18', /^timelines\//)
