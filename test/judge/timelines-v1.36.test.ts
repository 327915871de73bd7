import { testTimelines } from './test-timelines.ts'

testTimelines('v1.36', /^v1\.36\/timelines\//)
