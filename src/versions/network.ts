import { changes } from './changes.ts'

/** What connects containers does from a minor version on: kube-proxy, CoreDNS. */
export const network = changes({
  servesBySlices: [
    19,
    'kube-proxy and CoreDNS follow EndpointSlices, before that Endpoints',
    'pkg/features/kube_features.go, EndpointSliceProxying (Default: true in v1.19); coredns plugin/kubernetes/kubernetes.go, endpointSliceSupported',
  ],
  servesWhileEnding: [
    26,
    'a Service without a ready endpoint leads to those that end and are ready still',
    'pkg/proxy/topology.go, CategorizeEndpoints; enhancements KEP-1669, ProxyTerminatingEndpoints: beta in v1.26',
  ],
})
