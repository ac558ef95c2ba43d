package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.component.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdmissionPluginsTest {
    @Test
    void whatIsDisabledIsOff() {
        assertThat(AdmissionPlugins.disabled(List.of("LimitRanger"), List.of("PodSecurity", "Priority")))
                .containsExactlyInAnyOrder("PodSecurity", "Priority");
    }

    @Test
    void aPluginThatNobodyKnowsIsRefusedByName() {
        assertThatThrownBy(() -> AdmissionPlugins.disabled(List.of(), List.of("PodSecurty")))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("--disable-admission-plugins: plugin \"PodSecurty\" is unknown, not one of ");
        assertThatThrownBy(() -> AdmissionPlugins.disabled(List.of("AlwaysDeny"), List.of()))
                .hasMessageStartingWith("--enable-admission-plugins: plugin \"AlwaysDeny\" is unknown");
    }

    /** So that the flags of a cluster elsewhere may be taken as they are. */
    @Test
    void aPluginOfUpstreamThatIsNotHereMayBeSwitchedOffOnly() {
        assertThat(AdmissionPlugins.disabled(
                        List.of(),
                        List.of("PersistentVolumeLabel", "AlwaysPullImages", "DenyServiceExternalIPs", "Priority")))
                .contains("Priority");
        assertThatThrownBy(() -> AdmissionPlugins.disabled(List.of("AlwaysPullImages"), List.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("--enable-admission-plugins: plugin \"AlwaysPullImages\" is unknown");
    }

    @Test
    void aPluginCannotBeOnAndOff() {
        assertThatThrownBy(() -> AdmissionPlugins.disabled(List.of("Priority"), List.of("Priority")))
                .hasMessageStartingWith(
                        "[Priority] in enable-admission-plugins and disable-admission-plugins overlapped");
    }
}
