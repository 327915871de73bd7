import { ofOneSeed, testTimelines } from './test-timelines.ts'

testTimelines('v1.26', /^v1\.26\//, ofOneSeed)
