import type { FsErrorCode } from './node-fs.ts'

/** What the C library calls an error (strerror of musl and glibc agree on these). */
const texts: Readonly<Record<FsErrorCode, string>> = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  ENOTEMPTY: 'Directory not empty',
  EROFS: 'Read-only file system',
  EINVAL: 'Invalid argument',
  ELOOP: 'Too many levels of symbolic links',
  EBUSY: 'Device or resource busy',
  ENOSPC: 'No space left on device',
  EACCES: 'Permission denied',
  ENAMETOOLONG: 'File name too long',
  EPERM: 'Operation not permitted',
  EXDEV: 'Invalid cross-device link',
}

/** Text of an error as command line tools print it: `No such file or directory`. */
export function errorText(code: FsErrorCode): string {
  return texts[code]
}

/** Text of an error as a Go program prints it: `open /x: no such file or directory`. Source: os.PathError. */
export function goErrorText(operation: string, path: string, code: FsErrorCode): string {
  const text = texts[code]
  return `${operation} ${path}: ${code === 'EROFS' ? 'read-only file system' : text.charAt(0).toLowerCase() + text.slice(1)}`
}
