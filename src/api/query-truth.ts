/**
 * Whether a parameter of a query says yes: any text but `false` and `0`, in whatever letters (Python's client sends `True`).
 * Source: apimachinery pkg/runtime/conversion.go, Convert_Slice_string_To_bool.
 */
export function saysYes(value: string | undefined): boolean {
  return value !== undefined && value.toLowerCase() !== 'false' && value !== '0'
}
