// SPDX-License-Identifier: Apache-2.0
// Names from models are shown as they are, whatever Markdown would make of them.
#include <doctest/doctest.h>

#include "report/render.h"
#include "report/table.h"

namespace padproof::test {

TEST_CASE("code holds any text") {
  struct Row {
    std::string text;
    std::string code;
    std::string in_table;
  };
  const Row rows[] = {
      {"", "", ""},
      {"conv_1*x*", "`conv_1*x*`", "`conv_1*x*`"},
      {"<script>", "`<script>`", "`<script>`"},
      {"@team [a](http://b)", "`@team [a](http://b)`", "`@team [a](http://b)`"},
      {"a|b", "`a|b`", "`a\\|b`"},
      {"a`b", "``a`b``", "``a`b``"},
      {"`", "`` ` ``", "`` ` ``"},
      {"a```", "```` a``` ````", "```` a``` ````"},
      {" a ", "`  a  `", "`  a  `"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(report::markdown_code(row.text) == row.code);
    CHECK(report::markdown_code(row.text, true) == row.in_table);
  }
}

TEST_CASE("a table leaves out empty columns and says what it cuts off") {
  report::Table table({"a", "b", "c"});
  for (const char* name : {"x", "y", "z"}) table.add({{name, ""}, {"", ""}, {"1|2", report::kRed}});
  CHECK(table.render_markdown(2) ==
        "| a | c |\n| --- | --- |\n| `x` | `1\\|2` |\n| `y` | `1\\|2` |\n\n1 more rows are in the text "
        "report.\n");
}

TEST_CASE("a report of a hostile model stays one heading, one list and one verdict") {
  report::Message message = report::make_report("inspect", "0");
  schemas::Model& model = *message.add_models();
  model.set_source("a`\n# b");
  schemas::Node& node = *model.add_nodes();
  node.set_name("|x|`y`");
  node.set_status("refused");
  node.set_reason("because `of` | <b>");
  model.set_verdict("unknown");
  model.set_reason("`why`");
  const std::string text = report::render_markdown(message, {});
  CHECK(text.find("`` \\|x\\|`y` ``") != std::string::npos);
  CHECK(text.find("**unknown** `` `why` ``") != std::string::npos);
}

}  // namespace padproof::test
