// SPDX-License-Identifier: Apache-2.0
// The HTML report as text; tests/html looks at it in a browser.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "report/formats.h"
#include "report/html/layers.h"
#include "report/html/markup.h"

namespace {

namespace report = padproof::report;
namespace schemas = padproof::schemas;

schemas::LayerPair layer_pair(const std::string& name) {
  schemas::LayerPair pair;
  for (schemas::Layer* layer : {pair.mutable_source(), pair.mutable_target()}) {
    layer->set_name(name);
    layer->set_op("Conv");
    layer->set_graph("main");
    layer->set_input("1x64x112x112");
    for (int i = 0; i < 2; ++i) {
      layer->add_kernel_shape(3);
      layer->add_strides(2);
      layer->add_dilations(1);
    }
  }
  for (const int pad : {0, 2, 1, 3}) pair.mutable_source()->add_pads(pad);
  for (const int pad : {1, 1, 1, 1}) pair.mutable_target()->add_pads(pad);
  pair.set_status("different");
  pair.set_reason("pads differ");
  return pair;
}

schemas::Report diff_of(const std::vector<schemas::LayerPair>& layers) {
  schemas::Report message = report::make_report("diff", "1.2.3");
  schemas::Model& model = *message.add_models();
  model.set_source("a.onnx");
  model.set_target("b.onnx");
  for (const auto& layer : layers) *model.mutable_alignment()->add_layers() = layer;
  return message;
}

std::string render(const schemas::Report& message) {
  return report::format_by_name("html")->render(message, {});
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("a report of 500 layers with all their drawings stays below two megabytes") {
  std::vector<schemas::LayerPair> layers;
  for (int i = 0; i < 500; ++i) {
    layers.push_back(layer_pair(fmt::format("resnet152_1/conv3_block{}_2_conv_1/convolution", i)));
    auto& numbers = *layers.back().mutable_numbers();
    numbers.set_elements(1'000'000);
    numbers.set_differing(999'999);
    numbers.set_max_absolute(1.25);
    numbers.set_largest(10);
    for (int row = 0; row < 32; ++row)
      numbers.add_heat(std::string(32, static_cast<char>('0' + (i + row) % 10)));
  }
  const std::string page = render(diff_of(layers));
  CHECK(page.size() < 2'000'000);
  CHECK(page.find(layers.back().numbers().heat(0)) != std::string::npos);
}

TEST_CASE("names are text in the page and in its data") {
  const std::string name = "</script><b a=\"x\" c='y'>&amp;<!--\xe2\x80\xa8";
  const std::string page = render(diff_of({layer_pair(name)}));
  const std::string empty = render(diff_of({layer_pair("plain")}));
  CHECK(page.find("<b a=") == std::string::npos);
  CHECK(count(page, "</script>") == count(empty, "</script>"));
  CHECK(page.find("&lt;/script&gt;&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;amp;&lt;!--") !=
        std::string::npos);
  CHECK(page.find("\"\\u003c/script>") != std::string::npos);
}

TEST_CASE("the page loads nothing and says so") {
  const std::string page = render(diff_of({layer_pair("n")}));
  CHECK(page.starts_with("<!doctype html>\n"));
  CHECK(page.find("default-src 'none'; style-src 'sha256-") != std::string::npos);
  CHECK(page.find("unsafe") == std::string::npos);
  for (const char* const load : {" src=", "<link", "@import", "url(", "<iframe"})
    CHECK(page.find(load) == std::string::npos);
}

TEST_CASE("what to write is said in the frameworks' own order") {
  schemas::LayerPair pair = layer_pair("n");
  // ONNX: top, left, bottom, right; F.pad: left, right, top, bottom.
  CHECK(report::advice_for(pair) ==
        "PyTorch: x = F.pad(x, (2, 3, 0, 1)), then the layer with padding=0. ONNX: pads = [0, 2, 1, 3]");
  pair.mutable_source()->set_op("MaxPool");
  CHECK(report::advice_for(pair).find(", value=-inf)") != std::string::npos);
  pair.mutable_source()->set_other_value(true);
  // The attribute cannot write the Pad node's number.
  CHECK(report::advice_for(pair).find("inf") == std::string::npos);
  CHECK(report::advice_for(pair).find("a Pad node with pads = [0, 0, 0, 2, 0, 0, 1, 3] and value V") !=
        std::string::npos);
  CHECK(report::advice_for(pair).find("ONNX: pads") == std::string::npos);
  pair.mutable_source()->set_op("ConvTranspose");
  CHECK(report::advice_for(pair).empty());
  pair = layer_pair("n");
  pair.set_status("same");
  CHECK(report::advice_for(pair).empty());
}

TEST_CASE("pads are no advice where they mend nothing") {
  schemas::LayerPair pair = layer_pair("n");
  pair.mutable_target()->set_strides(0, 1);
  CHECK(report::advice_for(pair).empty());
  for (const char* const input : {"1x64x56x56", "1x64xHxW"}) {
    pair = layer_pair("n");
    pair.mutable_target()->set_input(input);
    CHECK(report::advice_for(pair).empty());
  }
  pair = layer_pair("n");
  pair.mutable_source()->set_input("1x64xHxW");
  pair.mutable_target()->set_input("1x64xHxW");
  CHECK(report::advice_for(pair).empty());
  pair = layer_pair("n");
  *pair.mutable_target()->mutable_pads() = pair.source().pads();
  CHECK(report::advice_for(pair).empty());
  pair.mutable_target()->set_other_value(true);
  CHECK(report::advice_for(pair).find("ONNX: pads = [0, 2, 1, 3]") != std::string::npos);
  pair = layer_pair("n");
  pair.mutable_source()->set_pads(0, -1);
  CHECK(report::advice_for(pair) == "PyTorch: x = F.pad(x, (2, 3, -1, 1)), then the layer with padding=0.");
}

TEST_CASE("a shift is said in words") {
  schemas::LayerPair pair = layer_pair("n");
  CHECK(report::shift_in_words(pair).empty());
  pair.add_shift(-1);
  CHECK(report::shift_in_words(pair) == "-1 on axis 0");
  pair.add_shift(2);
  CHECK(report::shift_in_words(pair) == "1 up, 2 right");
  pair.set_shift(0, 0);
  CHECK(report::shift_in_words(pair) == "2 right");
  pair.set_shift(1, 0);
  CHECK(report::shift_in_words(pair) == "none");
}

TEST_CASE("layers without a counterpart have a table of their own") {
  schemas::Report message = diff_of({layer_pair("n")});
  schemas::Layer& left = *message.mutable_models(0)->mutable_alignment()->add_left_target();
  left.set_name("alone");
  left.set_op("Conv");
  left.set_graph("main");
  const std::string page = render(message);
  const std::size_t heading = page.find("<h3>Without a counterpart</h3>");
  REQUIRE(heading != std::string::npos);
  CHECK(page.find("<details open><summary>0 of the source and 1 of the target") > heading);
  CHECK(page.find("<td>alone</td>") > heading);
  CHECK(page.find("no counterpart for") == std::string::npos);
  CHECK(render(diff_of({layer_pair("n")})).find("Without a counterpart") == std::string::npos);
}

TEST_CASE("findings stand under their rule, accepted ones folded") {
  schemas::Report message = report::make_report("gate", "1.2.3");
  schemas::Model& model = *message.add_models();
  schemas::Rule& known_rule = *message.add_rules();
  known_rule.set_id("loud");
  known_rule.set_why("it <bites>");
  known_rule.set_fix("mend it");
  const auto add = [&](const char* rule, const char* severity, const char* node, const char* state) {
    schemas::Finding& finding = *model.add_findings();
    finding.set_rule(rule);
    finding.set_severity(severity);
    finding.set_node(node);
    finding.set_state(state);
  };
  add("a-quiet", "note", "n1", "new");
  add("loud", "error", "n2", "new");
  add("loud", "error", "n3", "new");
  add("loud", "error", "n4", "known");
  const std::string page = render(message);
  std::size_t at = 0;
  // A rule that the report does not describe is shown all the same.
  for (const char* const part :
       {"loud <span class=\"quiet\">2 places", "<b>Why:</b> it &lt;bites&gt;. <b>Fix:</b> mend it.", ">n2<",
        ">n3<", "a-quiet <span class=\"quiet\">1 place<", ">n1<", "<details><summary>1 known or suppressed",
        ">n4<"}) {
    CAPTURE(part);
    at = page.find(part, at);
    REQUIRE(at != std::string::npos);
  }
  CHECK(count(page, ">n4<") == 1);
}

TEST_CASE("the headline of several models counts their verdicts") {
  schemas::Report message = report::make_report("gate", "1.2.3");
  for (const char* const verdict : {"none", "refuted", "none", "error"}) {
    message.add_models()->set_verdict(verdict);
    message.set_verdict("error");
  }
  CHECK(render(message).find("</span> 4 models: 1 error, 2 passed, 1 refuted</p>") != std::string::npos);
  message.set_command("inspect");
  for (schemas::Model& model : *message.mutable_models()) model.set_verdict("none");
  message.set_verdict("none");
  CHECK(render(message).find("<p class=\"headline\"> 4 models</p>") != std::string::npos);
}

TEST_CASE("arguments are shown as a shell takes them") {
  CHECK(report::shell_quoted("image=1x3x64x64") == "image=1x3x64x64");
  CHECK(report::shell_quoted("") == "''");
  CHECK(report::shell_quoted("a b") == "'a b'");
  CHECK(report::shell_quoted("it's $HOME") == "'it'\\''s $HOME'");
}
