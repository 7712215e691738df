// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "verifier/gate/predicates.h"
#include "verifier/gate/rule.h"

namespace padproof::verifier {
namespace {

constexpr std::array kRules = {
    GateRule{"asymmetric-pads", Severity::kOff, "pads that differ at the two ends of an axis",
             "some targets pad both ends alike: they refuse such a node or fall back to slow code",
             "put a Pad node in front, or export with symmetric pads; enable this rule only for targets that "
             "need it",
             "NNAPI; OpenCV; some accelerators", is_asymmetric},
    GateRule{
        "auto-pad-and-pads", Severity::kError, "both auto_pad and pads on one node",
        "the specification forbids it, and each runtime takes another of the two: some do not load the model",
        "delete one of them; padproof convert writes the pads that auto_pad means and deletes auto_pad",
        "ONNX Runtime; ONNX shape inference", has_auto_pad_and_pads},
    GateRule{
        "baked-pads", Severity::kWarning, "pads that are SAME for some sizes only, while the size is open",
        "at other sizes the shapes come right and the values shift: the pads were computed for one size and "
        "baked in",
        "export for one size, or export SAME itself and convert with --input-shape or --assume", "",
        fits_some_extents},
    GateRule{"baseline-missing", Severity::kNote, "a model that the baseline does not have",
             "nothing is known that it could be held to", "add it to the baseline once it is good", "",
             nullptr},
    GateRule{"baseline-padding", Severity::kError, "a layer that pads otherwise than in the baseline",
             "the output shape stays, the values shift by a pixel",
             "find out what changed in the exporter; adopt the new export as the baseline if it is meant", "",
             nullptr},
    GateRule{"baseline-unaligned", Severity::kError,
             "a layer without a counterpart in the baseline, or the other way round",
             "what cannot be compared cannot be called unchanged",
             "adopt the new export as the baseline if the layer is meant to be new or gone", "", nullptr},
    GateRule{"baseline-values", Severity::kError,
             "outputs further from the baseline's than the policy allows",
             "what the model computes is not what it was, or could not be compared",
             "padproof diff BASELINE MODEL names the first layer that differs", "", nullptr},
    GateRule{
        "dynamic-pads", Severity::kError, "pads that depend on an extent which is open",
        "they are other numbers for other sizes, so whoever runs the model computes them, each in its own "
        "way",
        "export with fixed spatial sizes, or convert with --input-shape for the size that is used, or with "
        "--assume "
        "for what all sizes have in common (H%32=0)",
        "", depends_on_extent},
    GateRule{"implicit-padding", Severity::kError, "padding left to whoever runs the model",
             "runtimes compute SAME in different ways or refuse it, and ports to other frameworks shift by a "
             "pixel",
             "padproof convert MODEL -o FILE writes the pads into the model and proves that nothing changed",
             "", is_implicit},
    GateRule{
        "negative-pads", Severity::kError, "pads below zero on a sliding-window node",
        "cropping is not padding: ONNX shape inference refuses it since onnx 1.22, ONNX Runtime since 1.28",
        "crop with a Slice in front",
        "ONNX shape inference from 1.22; ONNX Runtime from 1.28; ONNX reference evaluator", nullptr},
    GateRule{
        "negative-total", Severity::kError,
        "SAME with a kernel so much smaller than the stride that it would pad with less than nothing",
        "the specification clamps the total to 0; ONNX Runtime keeps it: its convolutions shift, its pools "
        "fail when they run",
        "padproof convert writes the clamped pads", "ONNX Runtime; ONNX reference evaluator",
        is_same_with_negative_total},
    GateRule{"non-finite-weights", Severity::kError, "Inf or NaN in the weights of a padded convolution",
             "engines that multiply the padding give NaN at the border, engines that skip it do not",
             "find out where training or quantisation lost the weights", "", has_non_finite_weights},
    GateRule{"odd-stride-pads", Severity::kWarning, "a layer that strides and pads by no known convention",
             "neither VALID, SAME, symmetric nor fixed_padding gives these numbers: often pads that were "
             "computed for another input size, or half of a pair of Pad nodes",
             "compare with the original network's layer (padproof diff); suppress it if it is meant", "",
             follows_no_convention},
    GateRule{"pool-pads-reach-kernel", Severity::kError,
             "a pool whose pads are not smaller than its kernel before dilation",
             "ONNX Runtime refuses to load it, and a window of padding alone has no maximum",
             "put a Pad node of the least value in front of a MaxPool, or choose a smaller dilation",
             "ONNX Runtime", pads_reach_kernel},
    GateRule{
        "reference-same-conv", Severity::kNote,
        "SAME on a convolution that strides, in the eyes of ONNX's reference evaluator",
        "up to onnx 1.22 it takes the pads from the batch and channel extents: expected outputs made with it "
        "are wrong",
        "padproof convert writes the pads; or evaluate with onnx 1.23 or newer",
        "ONNX reference evaluator up to 1.22", is_strided_same},
    GateRule{"reference-same-lower-pool", Severity::kNote,
             "SAME_LOWER on a MaxPool that strides, in the eyes of ONNX's reference evaluator",
             "its windows begin elsewhere, at some sizes even its output shape is another",
             "padproof convert writes the pads", "ONNX reference evaluator", is_strided_same_lower_pool},
    GateRule{"reference-valid-conv", Severity::kNote,
             "VALID on a convolution, in the eyes of ONNX's reference evaluator",
             "up to onnx 1.22 it pads it as SAME: expected outputs made with it are wrong",
             "padproof convert writes pads of 0; or evaluate with onnx 1.23 or newer",
             "ONNX reference evaluator up to 1.22", is_valid_conv},
    GateRule{"same-dilated-conv", Severity::kError, "SAME on a dilated convolution",
             "ONNX Runtime refuses it when it runs", "padproof convert writes the pads", "ONNX Runtime",
             is_same_dilated_conv},
    GateRule{"same-dilated-pool", Severity::kError, "SAME on a dilated pool",
             "ONNX Runtime forgets the dilation when it pads: its output is smaller",
             "padproof convert writes the pads; where they reach the kernel, put a Pad node in front instead",
             "ONNX Runtime", is_same_dilated_pool},
    GateRule{"stale-value-info", Severity::kWarning, "a recorded shape or type that the operators contradict",
             "tools that trust it compute wrong pads and buffers",
             "delete value_info and infer the shapes anew", "", nullptr},
    GateRule{"transposed-negative-total", Severity::kError,
             "SAME on a ConvTranspose whose kernel is smaller than its stride",
             "the specification asks for an output of extent times stride, which the windows do not reach: "
             "runtimes give a smaller one",
             "state pads and output_padding", "ONNX Runtime; ONNX shape inference; ONNX reference evaluator",
             is_transposed_same_with_negative_total},
    GateRule{"transposed-output-padding", Severity::kWarning, "SAME on a ConvTranspose with output_padding",
             "ONNX shape inference adds output_padding to an output that is fixed already: recorded shapes "
             "are wrong",
             "padproof convert writes the pads", "ONNX shape inference",
             is_transposed_same_with_output_padding},
    GateRule{"transposed-split", Severity::kWarning,
             "an odd total of pads that a ConvTranspose leaves to the runtime to split",
             "ONNX Runtime before 1.13 puts the larger half at the other end: every value shifts",
             "padproof convert writes the pads, from opset 11 on", "ONNX Runtime before 1.13",
             has_odd_transposed_split},
    GateRule{"unread-padding", Severity::kWarning,
             "an operator with pads of which padproof does not know what they mean",
             "its padding is not checked",
             "inline the operator's definition, or check it by hand and suppress this", "", nullptr},
    GateRule{
        "valid-ceil-mode", Severity::kWarning, "VALID with ceil_mode where a partial window is left over",
        "the specification's text drops that window; runtimes and ONNX shape inference keep it: the output "
        "shape is another",
        "state pads, and ceil_mode as it is meant",
        "ONNX Runtime; ONNX shape inference; ONNX reference evaluator", is_valid_with_ceil_mode},
    GateRule{"valid-stray-pads", Severity::kError, "VALID beside pads that are not 0",
             "onnx-tensorrt pads although auto_pad says not to, ONNX Runtime loads no such convolution",
             "delete the pads or auto_pad", "onnx-tensorrt; ONNX Runtime; ONNX shape inference",
             is_valid_with_stray_pads},
    GateRule{"zero-pad-max-pool", Severity::kError,
             "zeros padded in front of a MaxPool whose data can be negative",
             "optimisers fold the Pad into the pool, whose padding never wins: border values change",
             "pad with the least value instead of 0, or disable that optimisation",
             "ONNX Runtime 1.20 to 1.31 (default optimisation); onnxoptimizer; onnxsim before 0.7",
             has_zero_pad_in_front},
};

}  // namespace

std::span<const GateRule> gate_rules() { return kRules; }

const GateRule* find_gate_rule(std::string_view id) {
  const auto* const found =
      std::lower_bound(kRules.begin(), kRules.end(), id,
                       [](const GateRule& rule, std::string_view wanted) { return rule.id < wanted; });
  return found == kRules.end() || found->id != id ? nullptr : found;
}

}  // namespace padproof::verifier
