import { testGoldenRuns } from './golden-files.ts'

testGoldenRuns('another')
