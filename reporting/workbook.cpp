#include "reporting/workbook.hpp"
namespace cradle::reporting {
Result<std::string> write_workbook(const Disclosure&, const WriteOptions&) { return std::string(); }
}
