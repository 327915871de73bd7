import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { keyBindings } from '../model/keys.ts'
import { fill } from './clip.ts'

/** All keys, from the one table of keys. */
export function Help({ columns, rows }: { columns: number; rows: number }): ReactNode {
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Text bold>{fill(' Keys', columns)}</Text>
      {keyBindings.map(({ label, does }) => (
        <Text key={label}>{fill(`  ${label.padEnd(6)} ${does}`, columns)}</Text>
      ))}
      <Text> </Text>
      <Text dimColor>
        {fill('  ! warning   ✓ it works   ◆ a container sees a Secret   ✗ a fault   [here] where it stands', columns)}
      </Text>
    </Box>
  )
}
