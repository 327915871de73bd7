const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** ASCII text in base64, as Secrets carry it. */
export function base64OfAscii(text: string): string {
  let encoded = ''
  for (let i = 0; i < text.length; i += 3) {
    const left = text.length - i
    const bits = (text.charCodeAt(i) << 16) | ((text.charCodeAt(i + 1) || 0) << 8) | (text.charCodeAt(i + 2) || 0)
    encoded += digits.charAt(bits >> 18) + digits.charAt((bits >> 12) & 63)
    encoded += left > 1 ? digits.charAt((bits >> 6) & 63) : '='
    encoded += left > 2 ? digits.charAt(bits & 63) : '='
  }
  return encoded
}
