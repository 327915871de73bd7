/** Addresses of a cluster's machines, by their place in its list, which counts from 0. */

/** The network of a machine's Pods. */
export function podCidrOf(index: number): string {
  return `10.${244 + Math.floor(index / 256)}.${index % 256}.0/24`
}

/** The place of the machine whose Pods' network an address is of; undefined: it is of none. */
export function indexOfPodIp(ip: string): number | undefined {
  const [first, second = 0, third = 0] = ip.split('.').map(Number)
  return first === 10 && second >= 244 ? (second - 244) * 256 + third : undefined
}

/** A machine's own address. */
export function hostIpOf(index: number): string {
  return `10.0.${Math.floor(index / 250)}.${(index % 250) + 10}`
}

/** The place of the machine that has an address; undefined: it is of none. */
export function indexOfHostIp(ip: string): number | undefined {
  const [first, second, third = 0, fourth = 0] = ip.split('.').map(Number)
  return first === 10 && second === 0 && fourth >= 10 ? third * 250 + fourth - 10 : undefined
}

/** Whether an address is of the Services' network, 10.96.0.0/12. */
export function isServiceIp(ip: string): boolean {
  const [first, second = 0] = ip.split('.').map(Number)
  return first === 10 && second >= 96 && second < 112
}
