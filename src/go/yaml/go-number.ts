/**
 * A float as Go's strconv.FormatFloat(n, 'g', -1, 64) writes it: shortest digits, an exponent of at least two digits
 * below 1e-4 and from 1e6 on.
 * Source: strconv/ftoa.go, formatDigits case 'g' with the shortest precision.
 */
export function formatGoFloat(n: number): string {
  if (Number.isNaN(n)) return '.nan'
  if (!Number.isFinite(n)) return n > 0 ? '.inf' : '-.inf'
  if (n === 0) return Object.is(n, -0) ? '-0' : '0'
  const [mantissa = '', exponentText = '0'] = Math.abs(n).toExponential().split('e')
  const digits = mantissa.replace('.', '')
  const exponent = Number(exponentText)
  const sign = n < 0 ? '-' : ''
  if (exponent < -4 || exponent >= 6) {
    const padded = String(Math.abs(exponent)).padStart(2, '0')
    return `${sign}${digits.charAt(0)}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${exponent < 0 ? '-' : '+'}${padded}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0')
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}
