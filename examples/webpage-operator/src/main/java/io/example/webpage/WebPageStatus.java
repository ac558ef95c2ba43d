package io.example.webpage;

import io.fabric8.crd.generator.annotation.PrinterColumn;

public class WebPageStatus {
    private String configMap;

    @PrinterColumn(name = "Ready")
    private Integer readyReplicas;

    private Long observedGeneration;

    public String getConfigMap() {
        return configMap;
    }

    public void setConfigMap(String configMap) {
        this.configMap = configMap;
    }

    public Integer getReadyReplicas() {
        return readyReplicas;
    }

    public void setReadyReplicas(Integer readyReplicas) {
        this.readyReplicas = readyReplicas;
    }

    public Long getObservedGeneration() {
        return observedGeneration;
    }

    public void setObservedGeneration(Long observedGeneration) {
        this.observedGeneration = observedGeneration;
    }
}
