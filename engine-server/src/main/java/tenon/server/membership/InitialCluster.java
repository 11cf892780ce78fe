package tenon.server.membership;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tenon.server.rpc.Member;

/// `--initial-cluster`, with etcd's checks and words.
///
/// @param peerUrlsByName in the order given; the URLs of each in the order of their letters
record InitialCluster(Map<String, List<String>> peerUrlsByName) {
    static InitialCluster of(Map<String, List<URI>> given) {
        Map<String, List<String>> sorted = new LinkedHashMap<>();
        given.forEach((name, urls) -> sorted.put(name, sorted(urls)));
        return new InitialCluster(sorted);
    }

    static List<String> sorted(Collection<URI> urls) {
        return urls.stream().map(URI::toString).sorted().toList();
    }

    void checkHas(String name) {
        if (!peerUrlsByName.containsKey(name)) {
            throw new BootstrapException(
                    "couldn't find local name \"" + name + "\" in the initial cluster configuration");
        }
    }

    /// @param advertised in the order of their letters
    void checkAdvertised(String name, List<String> advertised) {
        List<String> listed = peerUrlsByName.get(name);
        if (!advertised.containsAll(listed)) {
            throw new BootstrapException("--initial-cluster has " + pairs(name, without(listed, advertised))
                    + " but missing from --initial-advertise-peer-urls=" + String.join(",", advertised));
        }
        if (!listed.containsAll(advertised)) {
            throw new BootstrapException("--initial-advertise-peer-urls has "
                    + String.join(",", without(advertised, listed)) + " but missing from --initial-cluster="
                    + pairs(name, listed));
        }
    }

    void checkDistinct() {
        Set<String> seen = new HashSet<>();
        for (List<String> urls : peerUrlsByName.values()) {
            for (String url : urls) {
                if (!seen.add(url)) {
                    throw new BootstrapException("initial cluster " + this + " has duplicate url");
                }
            }
        }
    }

    /// In the order of their letters.
    List<String> peerUrlsOfOthers(String name) {
        return peerUrlsByName.entrySet().stream()
                .filter(member -> !member.getKey().equals(name))
                .flatMap(member -> member.getValue().stream())
                .sorted()
                .toList();
    }

    /// Who of a running cluster is meant by which name.
    ///
    /// @throws BootstrapException if these are not the members of that cluster
    Map<String, Member> matchAll(List<Member> existing) {
        if (existing.size() != peerUrlsByName.size()) {
            throw mismatch(existing, "member count is unequal");
        }
        Map<String, Member> byName = new HashMap<>();
        for (Member member : existing) {
            List<String> urls = member.getPeerURLsList().stream().sorted().toList();
            String name = peerUrlsByName.entrySet().stream()
                    .filter(listed -> listed.getValue().equals(urls))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElseThrow(() -> mismatch(
                            existing,
                            "PeerURLs: no match found for existing member (" + Long.toHexString(member.getID()) + ", ["
                                    + String.join(" ", urls) + "])"));
            byName.put(name, member);
        }
        if (byName.size() != existing.size()) {
            throw mismatch(existing, "two of them have the same peerURLs");
        }
        return byName;
    }

    private static BootstrapException mismatch(List<Member> existing, String what) {
        return new BootstrapException("error validating peerURLs " + MemberTexts.of(existing) + ": " + what);
    }

    private static List<String> without(List<String> urls, List<String> others) {
        List<String> rest = new ArrayList<>(urls);
        rest.removeAll(others);
        return rest;
    }

    private static String pairs(String name, List<String> urls) {
        return urls.stream().map(url -> name + "=" + url).collect(Collectors.joining(","));
    }

    /// As in the flag, in the order of its letters.
    @Override
    public String toString() {
        return peerUrlsByName.entrySet().stream()
                .flatMap(member -> member.getValue().stream().map(url -> member.getKey() + "=" + url))
                .sorted()
                .collect(Collectors.joining(","));
    }
}
