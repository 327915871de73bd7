/** Where inodes live: the node's disk, one tmpfs mount, or one container's root. */
export interface Device {
  readonly kind: 'disk' | 'tmpfs' | 'overlay'
  /** Undefined: no limit of its own. */
  readonly sizeBytes: number | undefined
  /** Whole pages. */
  usedBytes: number
  /** Unmounted, or lost when the power went: nothing is accounted any more. */
  dropped?: true
}

/** What is kept for files that are made later. */
export interface Reservation {
  readonly device: Device
  /** Whole pages on the device. */
  readonly bytes: number
  readonly firstId: number
  /** Milliseconds since 1970. */
  readonly time: number
}
