import { testAsking, testLooking } from './cached-node.ts'

// The two between which it changed.
testAsking('v1.30')
testLooking('v1.31')
